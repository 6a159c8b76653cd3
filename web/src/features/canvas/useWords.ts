import { useEffect, useRef, useState } from "react";
import type { Graph } from "@/graph";
import { changeWords } from "./words";

/** What a screen reader says after a change: the words of the page, else which steps came and went. */
export function useWords(graph: Graph, announcement: string | undefined): string {
  const before = useRef(graph);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (announcement) setWords(announcement);
  }, [announcement]);
  useEffect(() => {
    const change = changeWords(before.current, graph);
    before.current = graph;
    if (change && announcement === undefined) setWords(change);
  }, [graph, announcement]);
  return words;
}
