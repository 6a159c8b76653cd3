// Computes from fixture.json what the figures must be, from docs/FIGURES.md alone and in another
// language than the program, so that the two can be held against each other.
// node expected.mjs fixture.json > expected.json
import { readFileSync } from 'node:fs';

const f = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const us = (text) => {
  const [, whole, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text);
  return BigInt(Date.parse(whole + 'Z')) * 1000n + BigInt(fraction.padEnd(6, '0'));
};
const show = (t) => {
  const text = new Date(Number(t / 1000n)).toISOString().slice(0, 19);
  const rest = String(t % 1000000n).padStart(6, '0').replace(/0+$/, '');
  return text + (rest ? '.' + rest : '') + 'Z';
};

// Days: ask the zone which date an instant has, and search for the instant at which it changes.
const format = new Intl.DateTimeFormat('en-CA', { timeZone: f.timezone, year: 'numeric', month: '2-digit', day: '2-digit' });
const dateOf = (t) => format.format(new Date(Number(t / 1000n)));
function startOfNext(t) {
  const here = dateOf(t);
  let low = t, high = t + 30n * 3600n * 1000000n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (dateOf(middle) > here) high = middle;
    else low = middle;
  }
  return high;
}
const startOf = (date) => {
  let t = us(date + 'T00:00:00Z') - 36n * 3600n * 1000000n;
  while (dateOf(t) < date) t = startOfNext(t);
  return t;
};
const instant = (text) => (text.length === 10 ? startOf(text) : us(text));
const daysBack = (date, n) => new Date(Date.parse(date + 'T00:00:00Z') - n * 86400000).toISOString().slice(0, 10);

const rate = (part, whole) => (whole === 0 ? null : Math.round((part / whole) * 1e6) / 1e6);
const percentile = (list, p) => (list.length === 0 ? null : list[Math.ceil((p * list.length) / 100) - 1] / 1000);
const ascending = (list) => list.sort((a, b) => a - b);
const ms = (length) => Number(length / 1000n);
const earlier = (a, b) => (b === null || a < b ? a : b);

const stepsOf = Map.groupBy ? Map.groupBy(f.steps, (s) => s.enrollment) : new Map();
if (!Map.groupBy) for (const s of f.steps) stepsOf.set(s.enrollment, [...(stepsOf.get(s.enrollment) ?? []), s]);
const steps = (list) => list.flatMap((e) => stepsOf.get(e.id) ?? []);
// Of a stay that was carried on under another node only the row that carries it on is an entry.
const carriers = (s) => (s.reason === 'moved' && s.status === 'canceled' ? stepsOf.get(s.enrollment).filter((n) => n.moved_at && n.node !== s.node) : []);
const carriedOn = (s) => carriers(s).some((n) => n.entered_at === s.entered_at || n.moved_at === s.left_at);
const entriesOf = (list) => steps(list).filter((s) => !carriedOn(s));
const ACTIVE = ['running', 'waiting', 'paused', 'held'];
const broken = (s) => s.status === 'failed' || (s.status === 'held' && s.type !== 'hold');
const attempted = (s) => ['done', 'unknown'].includes(s.status) || broken(s);

const sendOf = new Map(f.sends.map((m) => [m.id, m]));
const bouncedSteps = new Set();
const bouncedSends = new Map();
for (const v of f.events) {
  if (v.type !== 'email.bounced' || v.data.bounce !== 'hard') continue;
  const m = sendOf.get(v.data.send_id);
  const since = us(v.occurred_at) - us(m.sent_at ?? m.created_at);
  if (since <= 7n * 86400n * 1000000n) bouncedSteps.add([m.enrollment, m.node, m.visit].join());
}
const bounced = (s) => !broken(s) && bouncedSteps.has([s.enrollment, s.node, s.visit].join());
const wrong = (s) => broken(s) || bounced(s);
const seen = (type) => new Set(f.events.filter((v) => type.includes(v.type) && !v.data.machine).map((v) => v.data.send_id));
const opened = seen(['email.opened', 'email.clicked']), clicked = seen(['email.clicked']);

function planned(s) {
  if (s.left_at === null || carriers(s).some((n) => n.entered_at === s.entered_at)) return 0n;
  const until = s.planned_at ?? s.due_at;
  if (until === null) return s.type === 'wait_event' || s.type === 'approval' ? us(s.left_at) - us(s.entered_at) : 0n;
  const length = earlier(us(s.left_at), us(until)) - us(s.entered_at);
  return length > 0n ? length : 0n;
}

const minutesOf = new Map(f.workflows.flatMap((w) => w.versions.map((d, i) => [w.key + '/' + (i + 1), d.settings.manual_minutes])));

// Goals: all pairs of an enrollment and an event are looked at, by the raw rows.
const goalOf = new Map(f.workflows.flatMap((w) => w.versions.map((d, i) => [w.key + '/' + (i + 1), d.settings.goal])));
const units = { h: 3600n, d: 86400n };
const within = (goal) => (goal.within ? BigInt(goal.within.slice(0, -1)) * units[goal.within.slice(-1)] : 7n * 86400n) * 1000000n;
const created = new Map(f.contacts.map((c) => [c.id, us(c.created_at)]));
const into = new Map(f.merged.map((m) => [m.contact, m.into]));
const ownerOf = (contact) => into.get(contact) ?? contact;
function counts(goal, e, v) {
  if (!goal.where) return true;
  const value = typeof goal.where.value === 'object' ? e.trigger.order_id : goal.where.value;
  const saw = v.data[goal.where.field.replace('event.', '')];
  return goal.where.op === 'gte' ? Number(saw) >= value : saw === value;
}
const byOwner = new Map();
for (const v of f.events) if (v.contact) byOwner.set(ownerOf(v.contact), [...(byOwner.get(ownerOf(v.contact)) ?? []), v]);
function reach(of, lengths) {
  const sorted = ascending([...lengths]), sum = sorted.reduce((a, b) => a + b, 0);
  return { of, reached: sorted.length, rate: rate(sorted.length, of), avg_s: sorted.length ? Math.round(sum / sorted.length) / 1000 : null, p50_s: percentile(sorted, 50), p90_s: percentile(sorted, 90) };
}
function impact(list, goal) {
  if (!goal) return null;
  const same = list.filter((e) => JSON.stringify(goalOf.get(e.workflow + '/' + e.version)) === JSON.stringify(goal) && created.has(ownerOf(e.contact)));
  const length = within(goal), passed = same.filter((e) => us(e.started_at) + length <= us(f.now));
  const known = new Set(passed.filter((e) => created.get(ownerOf(e.contact)) + length <= us(e.started_at)));
  const after = [], afterKnown = [], before = [];
  for (const e of passed) {
    const start = us(e.started_at);
    const away = (byOwner.get(ownerOf(e.contact)) ?? []).filter((v) => v.type === goal.event && v.id !== e.trigger_event && counts(goal, e, v))
      .map((v) => earlier(us(v.occurred_at), us(v.accepted_at)) - start);
    const nearest = (list) => (list.length ? ms(list.reduce((a, b) => (a < b ? a : b))) : null);
    const ahead = nearest(away.filter((d) => d >= 0n && d <= length)), back = nearest(away.filter((d) => d < 0n && -d <= length).map((d) => -d));
    if (ahead !== null) after.push(ahead);
    if (known.has(e) && ahead !== null) afterKnown.push(ahead);
    if (known.has(e) && back !== null) before.push(back);
  }
  const measure = goal.measure ?? 'rate';
  const out = {
    event: goal.event, within_s: Number(length / 1000000n), measure, pending: same.length - passed.length,
    after: reach(passed.length, after), after_known: reach(known.size, afterKnown), before: reach(known.size, before), change: null, reason: null,
  };
  if (passed.length === 0) out.reason = out.pending > 0 ? 'pending' : 'nobody';
  else if (known.size === 0) out.reason = 'no_history';
  else if (measure === 'rate') out.change = Number(((afterKnown.length - before.length) / known.size).toFixed(6));
  else if (afterKnown.length === 0 || before.length === 0) out.reason = 'not_reached';
  else out.change = (Math.round(out.after_known.p50_s * 1000) - Math.round(out.before.p50_s * 1000)) / 1000;
  return out;
}

function figures(list) {
  const finished = list.filter((e) => !ACTIVE.includes(e.status));
  const completed = finished.filter((e) => e.status === 'completed');
  const exited = finished.filter((e) => e.status === 'exited');
  const succeeded = [...completed, ...exited].filter((e) => e.outcome === 'success').length;
  const all = steps(list), tried = all.filter(attempted), errors = all.filter(wrong);
  const took = ascending(completed.map((e) => ms(us(e.ended_at) - us(e.started_at))));
  const excess = ascending(completed.map((e) => {
    const over = us(e.ended_at) - us(e.started_at) - (stepsOf.get(e.id) ?? []).reduce((sum, s) => sum + planned(s), 0n);
    return over > 0n ? ms(over) : 0;
  }));
  const late = ascending(all.filter((s) => ['wait', 'wait_until', 'window', 'wait_event', 'approval'].includes(s.type) && s.status === 'done' &&
    s.due_at !== null && us(s.left_at) >= us(s.due_at) && (!['wait_event', 'approval'].includes(s.type) || s.port === 'timeout'))
    .map((s) => ms(us(s.left_at) - us(s.due_at))));
  const sum = took.reduce((a, b) => a + b, 0);
  const minutes = completed.filter((e) => e.outcome === 'success').reduce((m, e) => m + minutesOf.get(e.workflow + '/' + e.version), 0);
  return {
    enrolled: list.length, active: list.length - finished.length, finished: finished.length, completed: completed.length, exited: exited.length,
    failed: finished.filter((e) => e.status === 'failed').length, succeeded, completion_rate: rate(succeeded, finished.length),
    error_rate: rate(errors.length, tried.length), steps: tried.length, errors: errors.length, drop_off: dropOff(list),
    time_to_completion: { avg_s: took.length ? Math.round(sum / took.length) / 1000 : null, p50_s: percentile(took, 50), p90_s: percentile(took, 90) },
    excess_s: { p50: percentile(excess, 50), p90: percentile(excess, 90) },
    lateness_s: { p50: percentile(late, 50), p99: percentile(late, 99), max: late.length ? late[late.length - 1] / 1000 : null },
    saved: { hours: Math.round((minutes / 60) * 1e6) / 1e6, amount: Math.round((minutes / 60) * f.hourly_cost * 100) / 100 },
  };
}

const lostAt = (list, node) => list.filter((e) => e.node === node && !ACTIVE.includes(e.status) && e.outcome !== 'success').length;

function dropOff(list) {
  let found = null;
  const all = entriesOf(list);
  for (const node of [...new Set(all.map((s) => s.node))].sort()) {
    const entries = all.filter((s) => s.node === node).length, ended = lostAt(list, node);
    if (ended === 0) continue;
    if (found === null || ended * found.entries > found.ended * entries || (ended * found.entries === found.ended * entries && ended > found.ended))
      found = { node, title: title(node), rate: rate(ended, entries), entries, ended };
  }
  return found;
}
const definition = f.workflows[0].versions[0].nodes;
const title = (node) => definition[node].name;

function nodeOf(name, list, now) {
  const here = entriesOf(list).filter((s) => s.node === name), n = (test) => here.filter(test).length;
  const is = (status) => n((s) => s.status === status);
  const ended = list.filter((e) => e.node === name && !ACTIVE.includes(e.status)).length, lost = lostAt(list, name);
  const out = {
    node: name, type: definition[name].type, title: title(name), entries: here.length,
    active: list.filter((e) => e.node === name && ACTIVE.includes(e.status)).length, active_now: now.filter((e) => e.node === name).length,
    done: is('done'), failed: n(broken), unknown: is('unknown'), dropped: is('dropped'), suppressed: is('suppressed'), skipped: is('skipped'),
    exited: is('exited'), canceled: is('canceled'), open: n((s) => s.left_at === null && !broken(s)), errors: n(wrong), ended, lost, drop_off: rate(lost, here.length),
    ports: {},
  };
  for (const s of here) if (s.left_at !== null && s.port) out.ports[s.port] = (out.ports[s.port] ?? 0) + 1;
  const ids = new Set(list.map((e) => e.id));
  const mails = f.sends.filter((m) => ids.has(m.enrollment) && m.node === name && m.state === 'sent');
  const bounces = n(bounced);
  if (mails.length || bounces) {
    const open = mails.filter((m) => opened.has(m.id)).length, click = mails.filter((m) => clicked.has(m.id)).length;
    out.mail = { sent: mails.length, opened: open, clicked: click, bounced: bounces, open_rate: rate(open, mails.length), click_rate: rate(click, mails.length) };
  }
  return out;
}

function analytics(q) {
  const now = us(f.now), [from, to] = rangeOf(q);
  const mine = f.enrollments.filter((e) => !e.test && e.workflow === q.workflow && (!q.version || e.version === q.version));
  const list = mine.filter((e) => us(e.started_at) >= from && us(e.started_at) < to);
  const standing = mine.filter((e) => ACTIVE.includes(e.status));
  const series = [];
  for (let at = from; at < to; at = startOfNext(at)) {
    const end = startOfNext(at), day = figures(list.filter((e) => us(e.started_at) >= at && us(e.started_at) < end));
    series.push({ from: show(at), date: dateOf(at), enrolled: day.enrolled, finished: day.finished, steps: day.steps, errors: day.errors, completed: day.completed, completion_rate: day.completion_rate });
  }
  const total = figures(list), hours = Number((to < now ? to : now) - from) / 3.6e9;
  const per = (n, length) => Math.round((n / length) * 1e6) / 1e6;
  return {
    workflow: q.workflow, version: q.version ?? null, from: show(from), to: show(to), timezone: f.timezone, currency: f.currency, ...total, impact: impact(list, goalOf.get(q.workflow + '/' + (q.version ?? f.workflows.find((w) => w.key === q.workflow).versions.length))),
    active_now: standing.length,
    throughput: { enrollments_per_hour: per(total.enrolled, hours), enrollments_per_day: per(total.enrolled, hours / 24), steps_per_hour: per(total.steps, hours), steps_per_day: per(total.steps, hours / 24) },
    series, nodes: Object.keys(definition).sort().map((name) => nodeOf(name, list, standing)),
    versions: [...new Set(list.map((e) => e.version))].sort().map((version) => ({ version, ...figures(list.filter((e) => e.version === version)), impact: impact(list.filter((e) => e.version === version), goalOf.get(q.workflow + '/' + version)) })),
  };
}

const rangeOf = (q) => {
  const to = q.to ? instant(q.to) : us(f.now);
  return [q.from ? instant(q.from) : startOf(daysBack(dateOf(to - 1n), 29)), to];
};

// A workflow is to be looked at for what failed, for who waits for a person, for silence, and for want of
// an owner; all here are active.
function overview(q) {
  const [from, to] = rangeOf(q), everybody = [];
  const workflows = [...f.workflows].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ key, versions }) => {
    const mine = f.enrollments.filter((e) => !e.test && e.workflow === key);
    const list = mine.filter((e) => us(e.started_at) >= from && us(e.started_at) < to);
    everybody.push(...list);
    const now = figures(list), owner = versions[versions.length - 1].settings.owner ?? '', held = mine.filter((e) => e.status === 'held').length;
    const last = mine.map((e) => us(e.started_at)).reduce((a, b) => (a === null || b > a ? b : a), null);
    const review = [];
    if (now.error_rate !== null && now.error_rate >= 0.05) review.push('errors');
    if (held > 0) review.push('held');
    if (list.length === 0) review.push('silent');
    if (owner === '') review.push('no_owner');
    return {
      key, name: key, status: 'active', version: versions.length, owner, folder: '', last_enrollment: last === null ? null : show(last), ...now,
      impact: impact(list, goalOf.get(key + '/' + versions.length)), active_now: mine.filter((e) => ACTIVE.includes(e.status)).length, held_now: held, review,
    };
  });
  const sum = (name) => workflows.reduce((n, w) => n + w[name], 0);
  const worst = workflows.filter((w) => w.drop_off).reduce((a, b) => (a === null || b.drop_off.rate > a.drop_off.rate || (b.drop_off.rate === a.drop_off.rate && b.drop_off.ended > a.drop_off.ended) ? b : a), null);
  return {
    from: show(from), to: show(to), timezone: f.timezone, currency: f.currency, reconcile: null, workflows,
    totals: { ...figures(everybody), drop_off: worst?.drop_off ?? null, active_now: sum('active_now'), held_now: sum('held_now'), drop_off_workflow: worst?.key ?? '' },
  };
}

const everything = (when) => [...f.queries.map((q) => [q.name + when, analytics(q)]), ...f.overviews.map((q) => [q.name + when, overview(q)])];
const answers = everything('');
// An operator's retry changes rows; the figures are those of the rows as they are then.
for (const r of f.retries) {
  Object.assign(stepsOf.get(r.enrollment).find((s) => s.node === r.node && s.visit === r.visit), r.step);
  Object.assign(f.enrollments.find((e) => e.id === r.enrollment), r.state);
}
answers.push(...everything(', after retries'));
console.log(JSON.stringify(Object.fromEntries(answers), null, 1));
