/** Asks for each fact that a prompt names, one in a line as in `format: "PNG"`: the same prompt always gives the same cards. */
export function writeCards(prompt: string): { cards: { front: string; back: string }[] } {
  const facts = prompt.matchAll(/^(\w+): (".*")$/gm);
  const cards = [...facts].map(([, name, value = '""']) => ({
    front: `The file's ${name}?`,
    back: JSON.parse(value) as string,
  }));
  return { cards };
}
