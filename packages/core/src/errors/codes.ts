/** What a stable error code means, and whether trying again can help. */
export interface ErrorCodeInfo {
  readonly title: string;
  readonly retryable: boolean;
  /** What to do when the place that throws has nothing more precise to say. */
  readonly hint: string;
}

const code = (title: string, hint: string, retryable = false): ErrorCodeInfo => ({ title, hint, retryable });

/**
 * Every error that Espalier throws, by code. A code never changes its meaning; `docs/reference/errors.md`
 * has an entry for each, and a test fails when one is missing.
 */
export const errorCodes = {
  // Boot: found by the proof, before anything runs.
  'graph-invalid': code('The workflow graph is not sound', 'Correct each fault in the list; all of them are shown.'),
  'agent-undecorated': code('A class is used as an agent but has no @Agent()', 'Put @Agent() on the class.'),
  'agent-unknown': code(
    'Something else stands where an agent is expected',
    'Pass the class itself; in a circular import it is undefined.',
  ),
  'agent-unreachable': code(
    'An agent is registered but no workflow reaches it',
    'Let the output agent, or something it depends on, depend on it, or remove it from `agents`.',
  ),
  'node-name-duplicate': code('Two agents of one workflow have the same name', 'Give one of them @Agent({ name }).'),
  'dependency-cycle': code('Agents depend on each other in a circle', 'Break the circle; use @Repeat for a loop.'),
  'dependency-type-mismatch': code(
    'What an agent takes cannot be what its dependencies give',
    "Let run() take the dependencies' outputs in declared order, then the context.",
  ),
  'decorator-conflict': code('Two decorators of a class contradict each other', 'Keep one of them.'),
  'provider-missing': code('A constructor parameter has no provider', 'Add the class or token to `providers`.'),
  'tool-name-ambiguous': code('Two tools of one agent have the same name', 'Give one of them @Tool({ name }).'),
  'schema-unreadable': code(
    'A schema cannot be read',
    'Pass a class with class-validator decorators or a Standard Schema.',
  ),
  'bound-missing': code('A loop has no bound', 'Give it a `max`.'),
  'policy-invalid': code('An option of a policy is out of range', 'Correct the option that the message names.'),
  'state-writers-unordered': code(
    'Two agents with no path between them write one field of shared state',
    'Give the field a @Merge rule, or let one agent depend on the other.',
  ),
  'model-unknown': code('An agent names a model that is not registered', 'Add it to `models`.'),
  'workflow-invalid': code('A workflow definition is incomplete', 'Correct the option that the message names.'),
  'option-invalid': code('An option is out of range', 'Correct the option that the message names.'),

  // Run: one node, tool or model call.
  'agent-failed': code('run() threw', 'See `cause`.', true),
  'input-invalid': code("The run's input does not match the workflow's schema", 'Correct the value at the JSON path.'),
  'output-invalid': code('An output does not match its schema', 'Correct the value at the JSON path.', true),
  'condition-failed': code('A predicate or an item list threw', 'Keep predicates pure and total.'),
  'not-plain-data': code(
    'A value that crosses a border is not plain data',
    'Return JSON values: objects, arrays, strings, finite numbers, booleans, null.',
  ),
  'model-output-invalid': code(
    'The model did not give the asked structure',
    'Simplify the schema or raise `corrections`.',
    true,
  ),
  'model-failed': code('The model call failed', 'See `cause`.', true),
  'model-rate-limited': code('The provider allows no more calls for now', 'Wait, or ask for a higher limit.', true),
  'model-overloaded': code('The provider is overloaded or has failed', 'Wait, or use fallbackModels([…]).', true),
  'model-auth': code('The provider does not accept the key', 'Check the key and what it may use.'),
  'model-context-length': code(
    'The conversation is longer than the model can read',
    'Send less, or use a model with a longer context.',
  ),
  'model-request-invalid': code(
    'The provider refuses the request',
    'See `message`; another attempt ends the same way.',
  ),
  'model-content-filter': code(
    'A content filter stopped the answer',
    'Change the prompt; another attempt would end the same way.',
  ),
  'model-refused': code('The model refused to answer', 'Change the prompt; another attempt would end the same way.'),
  'model-timeout': code('The provider did not answer in time', 'Wait, or ask for less.', true),
  'model-connection': code('The connection to the provider failed', 'Check the network and the URL.', true),
  'model-response-malformed': code('The provider gave no readable answer', 'See `message`; tell the provider.', true),
  'schema-unsupported': code(
    'A provider cannot take a schema',
    'Change the schema at the JSON path, or turn strict schemas off on the model.',
  ),
  'model-not-declared': code(
    'A plain code agent called the model',
    "Give the agent `instructions` or `model: 'default'`.",
  ),
  'model-turns-exceeded': code('The model kept calling tools', 'Raise `maxTurns` or give the model less to do.'),
  'model-calls-exceeded': code('An attempt made more model calls than declared', 'Raise `maxModelCalls` of the agent.'),
  'tool-calls-exceeded': code('An attempt made more tool calls than declared', 'Raise `maxToolCalls` of the agent.'),
  'call-undeclared': code('An agent called a workflow that it does not declare', 'Add @Calls to the agent.'),
  'calls-exceeded': code('An attempt made more child runs than declared', 'Raise `max` of @Calls.'),
  'preview-blocked': code(
    'A preview came to an effect before it came to a request',
    'Ask the model before the effect, or split the agent in two.',
  ),
  'thread-lost': code(
    'A thread has fewer entries than when the run began',
    'Keep threads where they outlive the process, as the journal does, and forget none that a run still uses.',
  ),
  'memory-scope-missing': code(
    'The identity does not say whose memory it is',
    'Start the run with an identity that has the field that the message names.',
  ),
  'memory-invalid': code(
    'A memory does not match its schema',
    'Correct the value at the JSON path. Where the schema has changed, give new fields a default, or write the memory anew.',
  ),
  'memory-conflict': code(
    'Others changed a memory at the same time',
    'Read it again, or use update(…), which makes the change again on what others have written.',
    true,
  ),
  'embedding-changed': code(
    'Notes have vectors of another embedding model',
    'Make them anew: await espalier.memories.embedAgain(notes). Or use the model that made them.',
  ),
  'step-duplicate': code('Two steps of a node have the same key', 'Give each step its own name.'),

  // Policies.
  'retry-exhausted': code('All attempts failed', 'See `cause` for the last failure.'),
  'retry-too-late': code(
    'An error asks to wait longer before another attempt than allowed',
    'Add a @Fallback, or raise `maxRetryAfter` of @Retry.',
  ),
  timeout: code('An attempt took too long', 'Raise @Timeout or make the work smaller.', true),
  'circuit-open': code('The circuit breaker is open', 'Wait until it closes; see the failures that opened it.', true),
  'rate-limited': code('The queue of a rate limit is full', 'Raise the limit or its queue.', true),
  'concurrency-queue-full': code('The queue of a concurrency limit is full', 'Raise the limit or its queue.', true),
  'budget-exceeded': code('A budget is spent', 'Raise the @Budget or let the work spend less.'),
  'fan-out-exceeded': code('@ForEach got more items than `max`', 'Raise `max` or give it fewer items.'),
  'repeat-exhausted': code('@Repeat reached `max` before its condition held', 'Raise `max` or loosen `until`.'),

  // State, journal, runs.
  'state-conflict': code(
    'Two nodes with no path between them wrote one field of shared state',
    'Give the field a @Merge rule, or let one node depend on the other.',
  ),
  'state-undeclared': code('A node wrote a field that it does not declare', 'Add the field to @Writes.'),
  'run-cancelled': code('The run was cancelled', 'Nothing to do: it was asked for.'),
  'run-timed-out': code('The run reached its deadline', "Raise the workflow's `deadline`."),
  'run-failed': code('The run failed', 'See the failed nodes in `details`.'),
  'output-skipped': code(
    'The output agent was skipped, so the run has no result',
    'Let the output agent depend on optional(…) or firstOf(…) of what may be skipped.',
  ),
  'run-parked': code(
    'The runtime was drained before the run ended',
    'The next process on the store goes on with it; or resume it.',
  ),
  'run-exists': code('A run with this id exists already', 'Leave the id out, or resume the run that exists.'),
  'run-unknown': code('There is no such run', 'Check the run id.'),
  'restate-unreachable': code(
    'No Restate server answers',
    'See whether the server runs, and whether its address is the one that was given.',
    true,
  ),
  'restate-refused': code(
    'A Restate server answers otherwise than it should',
    'Read what it said: it may be another kind of server, or know no workers yet.',
  ),
  'restate-unregistered': code(
    'A Restate server knows no workers of this program',
    'Register the address of a worker, under the same namespace.',
  ),
  'restate-unsupported': code(
    'Runs on Restate cannot do this yet',
    'Do without it there, or run the workflow in this process, with a `store`.',
  ),
  'restate-timeout-short': code(
    'An attempt may take longer than Restate waits for its worker',
    'Give `longestAttempt` more than the longest timeout.',
  ),
  'request-unanswered': code(
    'The process that holds a run did not reply to a request in time',
    'See whether that process is well, and look at the events of the run before you try again.',
    true,
  ),
  'run-crash-loop': code(
    'Every process that goes on with the run dies, and gets no further',
    'Find out why, and resume the run by hand.',
  ),
  'run-owned': code('Another process holds the run', 'It goes on there; signal, cancel and events reach it.', true),
  'run-fenced': code('The run has a newer owner', 'Stop: another process goes on with the run.'),
  'run-settled': code('The run has already ended', 'Start a new run.'),
  'run-changed': code(
    'The graph differs from the one that the run began with',
    'Register the old version of the workflow beside the new one, or give the new one a `migrate`.',
  ),
  'migration-failed': code(
    'The migration of a run to a newer version refused it, or threw',
    'See `cause`; register the version that the run began with, or correct `migrate`.',
  ),
  'migration-invalid': code(
    'What a migration gave does not fit the new graph',
    'Correct what `migrate` gives; nothing has been written.',
  ),
  'fork-invalid': code('A run cannot be forked as asked', 'Correct the option that the message names.'),
  'workflow-unknown': code('The workflow is not registered', 'Add it to `workflows`.'),
  'runtime-closed': code('The runtime is drained and takes no new runs', 'Create a new one.'),
  'dispose-failed': code('What was injected could not be ended', 'See `cause`; everything else has been ended.'),
  'drain-incomplete': code(
    'The journal did not take all runs back in time',
    'Look at the store. Another process can take these runs over once their leases have ended.',
  ),
  'signal-unknown': code('No node of the run waits for this signal', 'Check the name; see the suspended nodes.'),
  'signal-invalid': code('The answer does not match what the node waits for', 'Correct the value at the JSON path.'),
  'signal-answered': code(
    'The suspension is over: answered already, timed out, or its run has ended',
    'Nothing to do: the first answer counts.',
  ),
  'signal-timed-out': code('Nobody answered in time', 'Answer earlier or raise the timeout.'),
  'store-invalid': code(
    'The file of a store cannot be used',
    'See `message`: name another file, or correct what it says.',
  ),
  'store-key-invalid': code(
    'The key does not fit the file of a store',
    'Give the key that the file was made with. A file that is not encrypted takes none.',
  ),
  'store-failed': code(
    'A store could not write or read',
    'See `cause`; resume the run when the store works again.',
    true,
  ),
  'events-overflow': code('A subscriber fell too far behind', 'Read faster, or read again from the sequence number.'),
  // Tests: thrown by @espalier/testing.
  'script-mismatch': code(
    'A scripted model was asked what its script does not answer',
    'Add a turn for the request that the message shows, or correct the agent that asks.',
  ),
  'script-unfinished': code(
    'A scripted model has turns that nobody asked for',
    'Remove the turns that the message names, or find out why the agent did not ask.',
  ),
  'cassette-miss': code(
    'A cassette holds no such exchange',
    'See the difference in `message`; record the cassette anew if the request is right.',
  ),
  'cassette-unused': code(
    'A cassette holds exchanges that nobody asked for',
    'Record the cassette anew, or find out why the agent did not ask.',
  ),
  'cassette-invalid': code('A cassette cannot be read', 'Record it anew, or restore the file.'),
  'run-stuck': code(
    'A run in virtual time waits for something that the clock does not bring',
    'Answer the signal that the message names, or let the test wait in real time.',
  ),
} as const satisfies Record<string, ErrorCodeInfo>;

/** A stable, documented error code. */
export type ErrorCode = keyof typeof errorCodes;
