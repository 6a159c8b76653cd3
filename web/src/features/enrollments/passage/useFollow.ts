import { useEffect, useState } from "react";

/**
 * Keeps the step where an enrollment stands selected, until the user selects something else. `selected` is the
 * user's own choice, which stands in the address; null for none.
 */
export function useFollow(active: string | null, selected: string | null, select: (node: string | null) => void) {
  const [following, setFollowing] = useState(selected === null);
  const [last, setLast] = useState(active);
  useEffect(() => {
    // Where it ended stays in view.
    if (active) setLast(active);
  }, [active]);
  return {
    following: following && active !== null,
    canFollow: active !== null,
    shown: following ? (active ?? last) : selected,
    choose: (node: string | null) => {
      setFollowing(false);
      select(node);
    },
    follow: () => {
      setFollowing(true);
      select(null);
    },
  };
}
