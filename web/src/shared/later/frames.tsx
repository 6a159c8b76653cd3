import { Modal, Skeleton, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { Page } from "../ui/Page";
import { ProblemAlert } from "../ui/ProblemAlert";
import type { FrameProps } from "./later";

/** How long nothing is shown of a dialog that is on its way, in milliseconds: most are there before. */
const patience = 200;

/** The place of a part within a panel: a few lines that are on their way. */
export function LinesFrame({ problem, retry }: FrameProps) {
  if (problem) return <ProblemAlert problem={problem} retry={retry} />;
  return (
    <Stack gap="md" role="status" aria-label="Loading">
      <Skeleton height={36} />
      <Skeleton height={60} />
      <Skeleton height={120} />
    </Stack>
  );
}

/** The place of a part that fills what is around it. */
export function FillFrame({ problem, retry }: FrameProps) {
  if (problem) return <ProblemAlert problem={problem} retry={retry} />;
  return <Skeleton height="100%" mih={120} role="status" aria-label="Loading" />;
}

/** The place of a dialog. It can be closed before it is there. */
export function DialogFrame({ problem, retry, onClose }: FrameProps & { onClose: () => void }) {
  const [late, isLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => isLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Modal
      opened={late || problem !== null}
      onClose={onClose}
      title={problem ? "Not loaded" : "Loading"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <LinesFrame problem={problem} retry={retry} />
    </Modal>
  );
}

/** The place of a whole page. */
export function PageFrame({ problem, retry }: FrameProps) {
  if (!problem) return null;
  return (
    <Page title="This page could not be shown">
      <ProblemAlert problem={problem} retry={retry} />
    </Page>
  );
}
