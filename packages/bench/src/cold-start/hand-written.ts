const only = async (value: number): Promise<number> => value + 1;

console.log(await only(1));
