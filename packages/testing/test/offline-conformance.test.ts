import { offline } from '../../offline/src/index.js';
import { chatModelConformance } from '../src/index.js';

// A model that computes its answers has no provider to script: it takes the part of the suite that needs none.
chatModelConformance({ name: 'offline', create: () => offline() });
