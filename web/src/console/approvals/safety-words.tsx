/** Six words that two sides read to each other, in their order. */
export function SafetyWords({ words, label }: { words: readonly string[]; label: string }) {
  return (
    <ol className="safety-words" aria-label={label}>
      {words.map((word, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice, and its place is what it is
        <li key={at}>{word}</li>
      ))}
    </ol>
  )
}
