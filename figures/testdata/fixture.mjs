// Writes fixture.json: rows of the store as they may stand after some weeks, drawn from a fixed seed
// so that they never change. Run it only to change the fixture: node fixture.mjs > fixture.json
let seed = 20260329n;
const random = () => {
  seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number(seed >> 33n) / 2 ** 31;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const chance = (p) => random() < p;

// Instants are whole microseconds.
const iso = (us) => {
  const ms = Number(us / 1000n);
  return new Date(ms).toISOString().replace('Z', String(us % 1000n).padStart(3, '0') + 'Z');
};
const at = (text) => BigInt(Date.parse(text)) * 1000n;
const length = (seconds) => BigInt(Math.round(seconds * 1e6));

const out = { timezone: 'Europe/Berlin', currency: 'EUR', hourly_cost: 37.5, now: '2026-11-20T12:00:00Z', workflows: [], contacts: [], merged: [], enrollments: [], steps: [], sends: [], events: [] };

const node = (type, name, rest) => ({ type, name, ...rest });
const nodes = {
  letter: node('email', 'First letter', { with: { subject: 'Hello', body: 'Hello' }, next: 'rest' }),
  rest: node('wait', 'Rest', { with: { for: '2d' }, next: 'answer' }),
  answer: node('wait_event', 'Wait for an answer', { with: { events: [{ id: 'got', event: 'form.submitted' }], timeout: '5d' }, next: { got: 'fork', timeout: 'day' } }),
  day: node('wait_until', 'Day nine', { with: { day: 9 }, next: 'fork' }),
  fork: node('branch', 'Big or small', { with: { branches: [{ id: 'big', when: { field: 'contact.country', op: 'eq', value: 'DE' } }] }, next: { big: 'check', else: 'mark' } }),
  check: node('hold', 'Look at it', { next: 'mark' }),
  mark: node('tag_add', 'Mark', { with: { tag: 'seen' }, next: 'done' }),
  done: node('end', 'Done', {}),
};
const order = Object.keys(nodes);
const workflow = (key, versions) => out.workflows.push({
  key, versions: versions.map(([minutes, goal]) => ({ schema: 1, key, name: key, settings: { manual_minutes: minutes, goal, ...(key === 'letters' && { owner: 'ada@example.com' }) }, triggers: [{ id: 'hand', manual: true }], start: 'letter', nodes })),
});
const big = { event: 'purchase.completed', where: { field: 'event.amount', op: 'gte', value: 100 }, within: '10d', measure: 'time_to' };
const own = { event: 'order.delivered', where: { field: 'event.order_id', op: 'eq', value: { ref: 'trigger.order_id' } }, within: '36h' };
workflow('letters', [[20, { event: 'purchase.completed' }], [45, big], [45, big]]);
workflow('others', [[10, own]]);
workflow('empty', [[5, { event: 'purchase.completed', within: '1h' }]]);

let count = 0;
const sends = { mails: 0, events: 0 };
function step(e, name, seq, entered, rest) {
  const row = { enrollment: e.id, node: name, visit: 1, seq, type: nodes[name].type, status: 'done', port: 'next', entered_at: iso(entered), left_at: null, due_at: null, planned_at: null, ...rest };
  out.steps.push(row);
  return row;
}

function mail(e, entered, left, status) {
  const id = `send_${String(++sends.mails).padStart(5, '0')}`;
  const state = status === 'done' ? 'sent' : status === 'unknown' ? 'unknown' : 'failed';
  out.sends.push({ id, enrollment: e.id, workflow: e.workflow, node: 'letter', visit: 1, state, created_at: iso(entered), sent_at: state === 'sent' ? iso(left) : null });
  const event = (type, data, when) => out.events.push({ id: `evt_${++sends.events}`, enrollment: e.id, type, data: { send_id: id, ...data }, occurred_at: iso(when), accepted_at: iso(when + 250000n) });
  if (chance(0.12)) event('email.bounced', { bounce: 'soft' }, left + length(60));
  // Shortly before, exactly at and shortly after seven days.
  if (chance(0.25)) event('email.bounced', { bounce: 'hard' }, left + 604800000000n + pick([-length(300000), -1n, 0n, 1n, length(86400), -length(604000)]));
  if (chance(0.05)) event('email.bounced', { bounce: 'hard' }, left + length(120));
  if (chance(0.5)) event('email.opened', { machine: chance(0.4) }, left + length(3600));
  if (chance(0.2)) event('email.opened', { machine: false }, left + length(7200));
  if (chance(0.25)) event('email.clicked', { url: 'https://shop.example/a', machine: chance(0.2) }, left + length(9000));
}

function passage(e, started, active) {
  let now = started + length(random() * 3);
  const stop = active ? Math.floor(random() * order.length) : chance(0.55) ? order.length : Math.floor(random() * order.length);
  let last = 'letter';
  for (let i = 0; i < order.length; i++) {
    const name = order[i], type = nodes[name].type, entered = now;
    if (name === 'day' && chance(0.4) || name === 'check' && chance(0.6)) continue;
    last = name;
    const here = step(e, name, i + 1, entered, {});
    if (['wait', 'wait_event', 'wait_until'].includes(type)) {
      const planned = entered + length(type === 'wait' ? 172800 : 3600 + Math.floor(random() * 400000));
      const paused = chance(0.15) ? length(Math.floor(random() * 90000)) : 0n;
      here.planned_at = iso(planned);
      here.due_at = iso(planned + paused);
      if (type === 'wait_event' && chance(0.1)) here.planned_at = here.due_at = null;
      now = planned + paused + length(random() < 0.02 ? random() * 4000 : random() * 0.9);
      if (type === 'wait_event') {
        here.port = here.due_at !== null && chance(0.4) ? 'timeout' : 'got';
        if (here.port === 'got') now = entered + (planned - entered) / 3n + 17n;
      }
    } else if (type === 'email') {
      here.status = pick(['done', 'done', 'done', 'done', 'done', 'failed', 'unknown', 'suppressed', 'dropped', 'skipped']);
      now = entered + length(random() * 20);
      if (chance(0.2)) {
        here.due_at = iso(entered + length(30000)); // quiet hours
        now = entered + length(30000 + random());
      }
      if (['done', 'failed', 'unknown'].includes(here.status)) mail(e, entered, now, here.status);
    } else if (type === 'hold') now = entered + length(random() * 50000);
    else if (type === 'tag_add') {
      if (chance(0.06)) here.status = 'failed';
      now = entered + 1500n;
    } else now = entered + 2n;
    if (i === stop) {
      here.port = '';
      if (active) {
        // Half of those who stand at an action are held because it failed.
        if (type === 'hold') here.status = 'held';
        else if (['email', 'tag_add'].includes(type)) here.status = pick(['held', 'running', 'waiting']);
        else if (['wait', 'wait_event', 'wait_until'].includes(type)) here.status = pick(['waiting', 'waiting', 'held']);
        else here.status = 'running';
        here.left_at = null;
        e.status = here.status === 'held' ? 'held' : here.status === 'running' ? 'running' : pick(['waiting', 'paused']);
        e.outcome = '';
        e.node = name;
        return;
      }
      here.status = pick(['exited', 'exited', 'failed', 'canceled', here.status]);
      here.left_at = iso(now);
      e.status = here.status === 'failed' ? 'failed' : here.status === 'exited' || here.status === 'canceled' ? 'exited' : 'completed';
      e.outcome = e.status === 'failed' ? 'failed' : e.status === 'exited' ? pick(['success', 'neutral', 'neutral', 'failed']) : 'neutral';
      e.reason = e.status === 'exited' ? pick(['canceled', 'restarted', 'operator']) : '';
      e.node = name;
      e.ended_at = iso(now);
      return;
    }
    here.left_at = iso(now);
  }
  e.node = last;
  e.status = 'completed';
  e.outcome = pick(['success', 'success', 'success', 'neutral', 'failed']);
  e.ended_at = iso(now);
}

function enroll(workflow, version, started, rest = {}) {
  const e = { id: `enr_${String(++count).padStart(5, '0')}`, workflow, version, status: 'running', outcome: '', reason: '', node: '', started_at: iso(started), ended_at: null, test: false, ...rest };
  out.enrollments.push(e);
  passage(e, started, chance(0.15));
}

// Around both changes of the clock, at every half hour and a little beside it.
for (const night of ['2026-03-28T21:00:00Z', '2026-10-24T20:30:00Z']) {
  for (let i = 0; i < 56; i++) enroll('letters', 1 + (i % 2), at(night) + length(1800 * i) + pick([0n, 0n, 1n, -1n, 999999n]));
}
for (let i = 0; i < 150; i++) enroll('letters', pick([1, 2, 2, 3]), at('2026-03-20T00:00:00Z') + length(random() * 86400 * 20));
for (let i = 0; i < 30; i++) enroll('others', 1, at('2026-03-27T00:00:00Z') + length(random() * 86400 * 8));
// Tests are never counted, whatever becomes of them.
for (let i = 0; i < 20; i++) enroll('letters', pick([0, 1, 2]), at('2026-03-29T00:00:00Z') + length(random() * 86400), { test: true });
// Nobody has come to a node yet: full, or ended before the first step.
out.enrollments.push({ id: 'enr_90001', workflow: 'letters', version: 2, status: 'waiting', outcome: '', reason: 'capped', node: '', started_at: '2026-03-30T10:00:00.000000Z', ended_at: null, test: false });
out.enrollments.push({ id: 'enr_90002', workflow: 'letters', version: 2, status: 'exited', outcome: 'neutral', reason: 'canceled', node: '', started_at: '2026-03-30T11:00:00.000000Z', ended_at: '2026-03-30T11:00:01.000000Z', test: false });

// Goals of the first version are still open for those who came last.
for (let i = 0; i < 12; i++) enroll('letters', 1, at('2026-11-17T09:00:00Z') + length(3600 * i));

// Contacts: known for long, from the start on, or about as long as a goal looks back. Some have been
// erased, some merged into another one since.
const day = 86400000000n;
let posts = 0;
for (const [i, e] of out.enrollments.entries()) {
  const started = BigInt(Date.parse(e.started_at)) * 1000n + BigInt(e.started_at.slice(-4, -1));
  e.contact = e.workflow === 'others' && i % 3 === 0 ? `con_${out.enrollments[i - 60].id}` : `con_${e.id}`;
  e.trigger = e.workflow === 'others' ? { order_id: `o${i}` } : {};
  e.trigger_event = '';
  let owner = e.contact;
  if (e.contact === `con_${e.id}`) {
    const known = pick([0n, 0n, 36n * 3600000000n, 7n * day, 7n * day - 1n, 10n * day, 10n * day - 1n, 10n * day + 1n, 60n * day, 60n * day, 400n * day]);
    if (chance(0.1)) {
      owner = `con_into_${e.id}`;
      out.merged.push({ contact: e.contact, into: owner });
    }
    if (!chance(0.06)) out.contacts.push({ id: owner, created_at: iso(started - known) });
    else if (owner !== e.contact) out.merged.pop();
  }
  // Before and after, at and beside the ends of what the goals look at, some reported late or too early.
  const near = (n) => [n * day, n * day - 1n, n * day + 1n];
  const goal = (offset, data) => {
    const when = started + offset;
    const row = { id: `goal_${String(++posts).padStart(5, '0')}`, enrollment: e.id, contact: pick([e.contact, owner]), type: e.workflow === 'others' ? 'order.delivered' : 'purchase.completed', data,
      occurred_at: iso(when), accepted_at: iso(when + pick([0n, 0n, 250000n, 3n * 3600000000n, -3600000000n])) };
    out.events.push(row);
    return row.id;
  };
  const data = () => (e.workflow === 'others' ? { order_id: pick([e.trigger.order_id, e.trigger.order_id, 'another']) } : { order_id: 'x', amount: pick([20, 99.99, 100, '100', 250, 1000]) });
  if (chance(0.25)) e.trigger_event = goal(pick([0n, -50000n]), data());
  for (let k = 0; k < 3; k++) {
    if (chance(0.45)) goal(pick([0n, 1n, 1999n, ...near(7n), ...near(10n), 36n * 3600000000n, length(random() * 12 * 86400), length(random() * 86400)]), data());
    if (chance(0.3)) goal(-pick([1n, 1000n, ...near(7n), ...near(10n), 36n * 3600000000n, length(random() * 12 * 86400), length(random() * 86400)]), data());
  }
}

// Moves: a wait that was carried on as another one, with its time or anew; and somebody taken elsewhere.
const rests = out.steps.filter((s) => s.node === 'rest' && s.left_at !== null);
const micros = (text) => BigInt(Date.parse(text)) * 1000n + BigInt(text.slice(-4, -1));
for (let i = 0; i < 24; i++) {
  const s = rests[i * 7], entered = micros(s.entered_at), left = entered + (micros(s.left_at) - entered) / 3n;
  const from = { ...s, node: 'answer', visit: 2, seq: 40, type: 'wait_event', status: 'canceled', reason: 'moved', port: '', left_at: iso(left) };
  if (i % 3 === 0) s.moved_at = iso(left);
  if (i % 3 === 1) Object.assign(s, { moved_at: iso(left), entered_at: iso(left) });
  out.steps.push(from);
}

// Steps that failed and are held get a retry by an operator: it is under way; it succeeds and the last
// step with it; it fails again. Nothing but its tries is left of the one before. An erased contact gets none.
out.steps.forEach((s, i) => (s.attempts = 1 + (i % 3)));
const there = new Set([...out.contacts.map((c) => c.id), ...out.merged.map((m) => m.contact)]);
out.retries = [];
for (const e of out.enrollments) {
  const s = out.steps.find((s) => s.enrollment === e.id && s.status === 'held' && s.type !== 'hold');
  if (!s || e.test || !there.has(e.contact)) continue;
  const kind = out.retries.length % 3, then = iso(at(out.now) - length(60 + out.retries.length));
  const step = [{ status: 'running' }, { status: 'done', port: 'next', left_at: then }, { status: 'held' }][kind];
  const state = [{ status: 'running' }, { status: 'completed', outcome: 'success', ended_at: then }, { status: 'held' }][kind];
  if (kind === 0 && s.type.startsWith('wait')) step.status = 'waiting';
  out.retries.push({ enrollment: e.id, node: s.node, visit: s.visit, order: kind === 0, step: { attempts: s.attempts + (kind === 0 ? 0 : 1), ...step }, state });
}

out.overviews = [
  { name: 'overview of spring', from: '2026-03-28', to: '2026-04-03' },
  { name: 'overview of all', from: '2026-03-01', to: '2026-11-20' },
  { name: 'overview of nobody', from: '2026-01-01', to: '2026-01-03' },
  { name: 'overview by default' },
];
out.queries = [
  { name: 'spring', workflow: 'letters', from: '2026-03-28', to: '2026-04-03' },
  { name: 'autumn', workflow: 'letters', from: '2026-10-24', to: '2026-10-28' },
  { name: 'version two', workflow: 'letters', version: 2, from: '2026-03-20', to: '2026-04-10' },
  { name: 'cut days', workflow: 'letters', from: '2026-03-28T22:30:00Z', to: '2026-03-30T21:59:59.999999Z' },
  { name: 'one night', workflow: 'letters', from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z' },
  { name: 'all', workflow: 'letters', from: '2026-03-01', to: '2026-11-20' },
  { name: 'others', workflow: 'others', from: '2026-03-01', to: '2026-05-01' },
  { name: 'nobody', workflow: 'empty', from: '2026-03-01', to: '2026-03-03' },
  { name: 'default range', workflow: 'letters' },
];
const rows = (list) => '[\n' + list.map((row) => '    ' + JSON.stringify(row)).join(',\n') + '\n  ]';
console.log('{\n' + Object.entries(out).map(([key, value]) => `  ${JSON.stringify(key)}: ${Array.isArray(value) ? rows(value) : JSON.stringify(value)}`).join(',\n') + '\n}');
