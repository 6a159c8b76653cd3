/** What a round of planting has made so far, for the writes that need it. */
export type Round = {
  n: number;
  text: string;
  contact: string;
  email: string;
  deal: string;
  task: string;
  channel: string;
  apiKey: string;
  enrollment: string;
  send: string;
};

/**
 * What a write needs beside texts: the parts of its path, what stands in its body whatever else
 * does, and what a text that is refused makes way for, other than in the document's example.
 */
export type Needs = {
  path?: Record<string, string>;
  body?: Record<string, unknown>;
  instead?: Record<string, unknown>;
};

const key = (round: Round) => `planted-${round.n}`;
const own = (round: Round): Needs => ({ path: { key: key(round) }, body: { key: undefined } });
const made = (round: Round): Needs => ({ body: { key: key(round) } });
const stages = (round: Round) => [{ key: "new", name: round.text, kind: "open" }];

/** The writes whose texts are kept and shown, in an order in which each finds what it needs. */
export const kept: Record<string, (round: Round) => Needs> = {
  createContact: (r) => ({
    body: { id: undefined, email: r.email, external_id: `${r.n} ${r.text}`, fields: { planted: r.text } },
  }),
  patchContact: (r) => ({ path: { id: r.contact }, body: { id: undefined, email: undefined, external_id: undefined } }),
  putConsent: (r) => ({ path: { id: r.contact } }),
  createTag: (r) => ({ body: { name: `${r.n} ${r.text}` } }),
  createCourse: made,
  patchCourse: own,
  createTask: (r) => ({ body: { contact: r.contact } }),
  patchTask: (r) => ({ path: { id: r.task }, body: { status: "open", contact: r.contact } }),
  createPipeline: (r) => ({ body: { key: key(r), stages: stages(r) } }),
  patchPipeline: (r) => ({ path: { key: key(r) }, body: { stages: stages(r) } }),
  createDeal: (r) => ({ body: { pipeline: key(r), stage: "new", contact: r.contact } }),
  patchDeal: (r) => ({ path: { id: r.deal }, body: { pipeline: undefined, stage: "new" } }),
  createEmailTemplate: made,
  patchEmailTemplate: own,
  createSegment: (r) => ({
    body: { key: key(r), filter: { field: "contact.planted", op: "eq", value: r.text.replaceAll("{{", "") } },
  }),
  patchSegment: (r) => ({ path: { key: key(r) }, body: { filter: { tag: `${r.n} ${r.text}` } } }),
  createSuppression: (r) => ({ instead: { address: `gone-${r.n}@example.com` } }),
  createAlarmChannel: (r) => ({
    body: { type: r.n % 2 ? "webhook" : "mail" },
    instead: { url: "https://hooks.example/planted" },
  }),
  patchAlarmChannel: (r) => ({ path: { id: r.channel } }),
  putSecret: (r) => ({ path: { name: key(r) } }),
  createApiKey: () => ({}),
  patchApiKey: (r) => ({ path: { id: r.apiKey } }),
  patchAccount: () => ({
    body: { timezone: "Europe/Vienna" },
  }),
  installTemplate: (r) => ({ path: { key: "welcome" }, body: { key: `welcome-${r.n}` } }),
  enrollContacts: (r) => ({
    path: { key: "flow" },
    body: { contacts: [{ id: r.contact }], filter: undefined, rate: undefined },
  }),
  postEvents: (r) => ({ body: { type: "planted.told", contact: { id: r.contact }, events: undefined } }),
  holdEnrollment: (r) => ({ path: { id: r.enrollment } }),
  operateEnrollments: (r) => ({ body: { action: "hold", filter: { ids: [r.enrollment] }, rate: undefined } }),
  exitEnrollment: (r) => ({ path: { id: r.enrollment } }),
  postMailReports: (r) => ({ body: { kind: "replied", send_id: r.send, message_id: undefined, reports: undefined } }),
};

/** Why the texts of the other writes are planted by hand, or not at all. */
export const others: Record<string, string> = {
  createWorkflow: "as putWorkflow",
  putWorkflow: "drafts and the flow are drawn from the schema of definitions",
  createField: "takes keys only",
  patchField: "takes keys only",
  publishWorkflow: "takes rates and node ids",
  rollbackWorkflow: "takes rates and node ids",
  resumeWorkflow: "takes a duration",
  patchAlarmSettings: "takes durations",
  patchWorkflowAlarmSettings: "takes durations",
  startBacktest: "takes times",
  skipEnrollment: "takes a port",
  moveEnrollment: "takes a node id",
  releaseEnrollment: "takes a port",
  markEffectSent: "takes a node id",
  resendEffect: "takes a node id",
  retryFailures: "takes a rate",
  skipFailures: "takes a rate",
  acknowledgeAlarm: "an alarm takes longer to come than this story; its note is text beside the text of the alarm",
  mergeContact: "takes the id of a contact",
  postMailInbound: "what a provider sends is kept as the report that it becomes",
  postHook: "what an outside service sends is kept as the event that it becomes",
  createSession: "takes a key",
  validateDefinition: "keeps nothing",
  validateWorkflow: "keeps nothing",
  rehearseWorkflow: "keeps nothing",
  previewCondition: "keeps nothing",
  previewWait: "keeps nothing",
  previewTrigger: "keeps nothing",
  previewTimes: "keeps nothing",
  previewText: "keeps nothing",
  previewEmail: "keeps nothing",
  sendTestEmail: "keeps nothing but the mail, as each mail",
  tryRequest: "keeps nothing",
  searchContacts: "keeps nothing",
};
