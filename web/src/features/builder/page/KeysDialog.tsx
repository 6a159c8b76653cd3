import { Kbd, Modal, Table } from "@mantine/core";

const mod = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? "⌘" : "Ctrl";

const keys: [keys: string[], words: string][] = [
  [["↑", "↓", "←", "→"], "Go from step to step; with figures, over the counts on the ways, which Enter opens"],
  [["Home", "End"], "Go to the first or the last of them"],
  [["Enter"], "Open the step that has the focus"],
  [["/"], "Find a step by its name, type, settings or note"],
  [["Esc"], "Close the panel"],
  [["A"], "Add a step after it"],
  [["Shift", "A"], "Add a step in another of its ways, or where they meet again"],
  [["L"], "Lead one of its ways to another step"],
  [["M"], "Move it"],
  [["D"], "Duplicate it"],
  [["N"], "Write its note"],
  [["F2"], "Rename it where it stands, as a double click does"],
  [["Del"], "Delete it"],
  [[mod, "C"], "Copy it"],
  [[mod, "X"], "Cut it"],
  [[mod, "V"], "Paste steps after it, also from another workflow"],
  [[mod, "Z"], "Undo"],
  [[mod, "Shift", "Z"], `Redo, also ${mod} Y`],
  [["+", "−"], "Zoom the canvas"],
  [["0"], "Show the canvas in full size"],
  [["1"], "Show everything"],
  [["?"], "This list"],
];

/** The keys of the builder. They are not heard while a text field has the focus. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ "aria-label": "Close" }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            <Table.Th>What it does</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map(([list, words]) => (
            <Table.Tr key={words}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {list.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{words}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
