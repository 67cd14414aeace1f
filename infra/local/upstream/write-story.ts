import { createHash } from "node:crypto";

const heroes = ["ねこ", "いぬ", "きつね", "うさぎ", "たぬき", "からす"];
const places = ["もり", "うみ", "やま", "まち", "にわ", "えき"];
const things = ["てがみ", "かぎ", "りんご", "かさ", "ほん", "すず"];

/** A little story that depends on nothing but the prompt: the same prompt always gives the same story. */
export function writeStory(prompt: string): { title: string; story: string; vocabulary: object[] } {
  const [first = 0, second = 0, third = 0] = createHash("sha256").update(prompt).digest();
  const hero = pick(heroes, first);
  const place = pick(places, second);
  const thing = pick(things, third);
  return {
    title: `${hero}と${thing}`,
    story: [
      `むかし、${place}に ${hero}が いました。`,
      `ある日、${hero}は ${thing}を みつけました。「だれの ${thing}だろう」と おもいました。`,
      `${hero}は ${place}を あるいて、みんなに ききました。よるに なって、ともだちが ふえました。おしまい。`,
    ].join("\n\n"),
    vocabulary: [
      { word: hero, reading: hero, meaning: "the hero" },
      { word: place, reading: place, meaning: "the place" },
      { word: thing, reading: thing, meaning: "the thing found" },
    ],
  };
}

function pick(words: readonly string[], byte: number): string {
  return words[byte % words.length] ?? "";
}
