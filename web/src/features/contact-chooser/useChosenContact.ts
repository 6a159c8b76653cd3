import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiProblem } from "@/api";
import { remember, useRememberedId } from "./choice";
import { type Contact, contactQuery, contactSearchQuery } from "./queries";

type Chosen = {
  /** The contact whose values previews show; the newest one until somebody chooses; null when there is none. */
  contact: Contact | null;
  isPending: boolean;
  choose: (id: string | null) => void;
};

/** The contact that every preview of this browser is made for. */
export function useChosenContact(): Chosen {
  const id = useRememberedId();
  const chosen = useQuery({ ...contactQuery(id ?? ""), enabled: id !== null });
  const newest = useQuery({ ...contactSearchQuery("", 1), enabled: id === null });
  const gone = chosen.error instanceof ApiProblem && chosen.error.status === 404;
  useEffect(() => {
    if (gone) remember(null);
  }, [gone]);
  const contact = id ? (chosen.data ?? null) : (newest.data?.items[0] ?? null);
  return { contact, isPending: id ? chosen.isPending : newest.isPending, choose: remember };
}
