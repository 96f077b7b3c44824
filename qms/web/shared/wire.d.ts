// Written by tests/live/wire_types.py from the Python types; do not edit.

/** The full state: the first message, and the remedy for every doubt. */
export interface StateMessage {
  type: "state";
  stream: string;
  rev: number;
  halls: Record<string, number>;
  at: string;
  speed: number;
  version: string;
  state: Record<string, unknown>;
}

/** The change from revision `rev - 1` of the same stream. */
export interface PatchMessage {
  type: "patch";
  stream: string;
  rev: number;
  halls: Record<string, number>;
  at: string;
  patch: Record<string, unknown>;
}

/** A sign of life with business time. */
export interface BeatMessage {
  type: "beat";
  stream: string;
  rev: number;
  at: string;
  speed: number;
}

/** A client's wish for the full state. */
export interface AgainMessage {
  type: "again";
}

/** An expected wait in minutes: the middle, and the ends of an 80 % range; `about` while it is assumed, not measured. */
export interface Range {
  low: number;
  mid: number;
  high: number;
  about?: boolean;
}

/** A time of day at which a board may be heard, local to its hall: `08:00` to `18:00`. */
export interface Open {
  opens: string;
  closes: string;
}

/** What is shown beside the calls for `seconds`; `media` is the name of an uploaded file of `hall`. */
export interface PanelShown {
  order: number;
  kind: "text" | "picture" | "video";
  text?: Record<string, string>;
  media?: string;
  seconds: number;
}

/** How the board is heard: `volume` is 0 to 100 with that of its zone in it; `heard` none: always. */
export interface SoundShown {
  mode: "voice" | "chime" | "off";
  languages: string[];
  repeat: number;
  volume: number;
  heard?: Open[];
}

/** What a board is set up to be, where it is one of its own; `hall` is the one that set it up. */
export interface BoardShown {
  id: string;
  hall: string;
  names: Record<string, string>;
  kind: "calls" | "next";
  theme: "light" | "dark" | "contrast";
  recent: number;
  queues: boolean;
  panels: Record<string, PanelShown>;
  sound: SoundShown;
}

/** A number that the rule would call soon, in the order of its group. */
export interface NextShown {
  order: number;
  hall: string;
  group: string;
  letter: string;
  names: Record<string, string>;
  number: string;
}

/** A hall that the board shows. */
export interface BoardHall {
  names: Record<string, string>;
  office: Record<string, string>;
  zone: string;
  languages: string[];
  state: "open" | "closed" | "suspended";
  notice?: Record<string, string>;
  accent?: string;
  logo?: string;
}

/** A call or recall of the last minute; its key `hall:seq` says that it is announced once. */
export interface Announcement {
  order: number;
  hall: string;
  number: string;
  counter: string;
  counter_names: Record<string, string>;
  place?: Record<string, string>;
  direction?: "left" | "right" | "ahead" | "back" | "up" | "down";
  zone?: string;
  at: string;
  again: boolean;
}

/** A ticket that was called and is at, or on its way to, its counter. */
export interface RecentCall {
  order: number;
  hall: string;
  number: string;
  counter: string;
  counter_names: Record<string, string>;
  place?: Record<string, string>;
  direction?: "left" | "right" | "ahead" | "back" | "up" | "down";
  zone?: string;
  at: string;
  state: "called" | "serving";
}

/** How long the line of one service group is; `open` counts the counters that serve it. */
export interface GroupQueue {
  order: number;
  hall: string;
  names: Record<string, string>;
  letter: string;
  waiting: number;
  open: number;
  estimate?: Range;
}

/** `halls` by hall, `calls` by `hall:seq`, `recent` by ticket (newest 8), `queues` by `hall:group`. */
export interface BoardView {
  board?: BoardShown;
  next?: Record<string, NextShown>;
  halls: Record<string, BoardHall>;
  calls: Record<string, Announcement>;
  recent: Record<string, RecentCall>;
  queues: Record<string, GroupQueue>;
}

/** The hall in which the sign hangs. */
export interface SignHall {
  names: Record<string, string>;
  zone: string;
  languages: string[];
}

/** The call that the sign shows; `key` is `hall:seq`. */
export interface SignCall {
  key: string;
  at: string;
  again: boolean;
}

/** The counter and whom it calls or serves; `until` is the announced end of a break. */
export interface SignCounter {
  id: string;
  names: Record<string, string>;
  place?: Record<string, string>;
  direction?: "left" | "right" | "ahead" | "back" | "up" | "down";
  state: "closed" | "free" | "called" | "serving" | "paused";
  until?: string;
  number?: string;
  call?: SignCall;
}

/** One counter's sign. */
export interface CounterView {
  hall: SignHall;
  counter: SignCounter;
}

/** The line for one service; `serving` gives the number at each counter. */
export interface ServiceQueue {
  order: number;
  group: string;
  letter: string;
  names: Record<string, string>;
  waiting: number;
  longest_since?: string;
  open: number;
  estimate?: Range;
  serving: Record<string, string>;
  accepting: boolean;
  closed_code?: string;
}

/** A hall and its lines by service. */
export interface QueueView {
  hall: BoardHall;
  services: Record<string, ServiceQueue>;
}

/** The hall of the ticket. */
export interface TicketHall {
  id: string;
  names: Record<string, string>;
  office: Record<string, string>;
  zone: string;
  languages: string[];
  state: "open" | "closed" | "suspended";
}

/** Where to go. */
export interface TicketCounter {
  id: string;
  names: Record<string, string>;
  place?: Record<string, string>;
  direction?: "left" | "right" | "ahead" | "back" | "up" | "down";
}

/** Who of those who wait may be called before one, and what is promised (`queue/rules/before`). */
export interface Before {
  causes: Record<"guard" | "first" | "appointment" | "priority" | "points", number>;
  guard?: number;
  bound: "nobody" | "time" | "none";
  latest?: string;
  until?: string;
}

/** One ticket as its holder sees it; `documents` is what to bring. */
export interface TicketView {
  number: string;
  service: string;
  names: Record<string, string>;
  state: "waiting" | "called" | "serving" | "parked" | "finished" | "missed" | "cancelled" | "lapsed";
  ahead?: number;
  estimate?: Range;
  counter?: TicketCounter;
  called_at?: string;
  calls?: number;
  issued_at: string;
  hall: TicketHall;
  documents: Record<string, string>[];
  let_pass?: number;
  before?: Before;
}

/** A device whose printer needs somebody. */
export interface PrinterShown {
  name: string;
  state: "ok" | "paper_low" | "paper_out" | "cover_open" | "no_answer";
}

/** The hall and those of its rules that the terminal needs; `printers` in want of something, by device. */
export interface ClerkHall {
  id: string;
  names: Record<string, string>;
  zone: string;
  languages: string[];
  state: "open" | "closed" | "suspended";
  notice?: Record<string, string>;
  max_calls: number;
  undo_seconds: number;
  printers?: Record<string, PrinterShown>;
}

/** The last act at the counter, which can be taken back until `until`. */
export interface Undoable {
  act: "call" | "recall" | "start" | "finish" | "no-show" | "requeue" | "park" | "transfer";
  ticket: string;
  number: string;
  until: string;
}

/** A service that a counter takes at another level for a while: it helps by the rule, or was lent by hand `until` then. */
export interface OpenedShown {
  by: "rule" | "hand";
  since: string;
  until?: string;
}

/** The clerk's own counter; `since` is when its present state began, `opened` is by service. */
export interface ClerkDesk {
  id: string;
  names: Record<string, string>;
  state: "closed" | "open" | "paused";
  clerk?: string;
  since?: string;
  reason?: string;
  until?: string;
  profile: Record<string, number>;
  opened?: Record<string, OpenedShown>;
  ticket?: string;
  undo?: Undoable;
}

/** Why a ticket has its rank: a code that the catalogue puts into words, and what fills them. */
export interface Why {
  code: string;
  params: Record<string, string | number>;
}

/** A ticket as the clerk sees it. */
export interface ClerkTicket {
  number: string;
  service: string;
  segment: string;
  state: "waiting" | "called" | "serving" | "parked" | "finished" | "missed" | "cancelled" | "lapsed";
  channel: "kiosk" | "reception" | "phone" | "web" | "booking";
  language: string;
  issued: string;
  since: string;
  ref: string;
  calls: number;
  called_at?: string;
  started_at?: string;
  served_seconds: number;
  counter?: string;
  only?: string;
  not_before?: string;
  booked?: string;
  booking?: string;
  also?: string[];
  known?: boolean;
  late_at: string;
  rank?: number;
  level?: number;
  why?: Why;
  because?: Why[];
}

/** Another counter of the hall. */
export interface OtherDesk {
  order: number;
  names: Record<string, string>;
  state: "closed" | "open" | "paused";
  clerk?: string;
  number?: string;
}

/** A service, for transfers and for the count of those who wait. */
export interface ServiceLine {
  order: number;
  names: Record<string, string>;
  letter: string;
  minutes: number;
  waiting: number;
}

/** A segment with its target in minutes. */
export interface SegmentShown {
  names: Record<string, string>;
  target: number;
}

/** The clerk's terminal; `offered` is what the counter may serve, by level. */
export interface ClerkView {
  hall: ClerkHall;
  counter: ClerkDesk;
  offered: Record<string, number>;
  tickets: Record<string, ClerkTicket>;
  counters: Record<string, OtherDesk>;
  services: Record<string, ServiceLine>;
  segments: Record<string, SegmentShown>;
}

/** What an act at a counter answers, and what a 409 carries as `fresh`. */
export interface DeskAnswer {
  counter: ClerkDesk;
  ticket?: ClerkTicket;
}

/** The hall; `forecast` says whether it could be rolled forward, `helping` whether counters help by a rule. */
export interface ManagerHall {
  id: string;
  names: Record<string, string>;
  zone: string;
  languages: string[];
  state: "open" | "closed" | "suspended";
  forecast: boolean;
  helping: boolean;
}

/** The lines of a service, in whole minutes: the longest wait in all that is expected, and how long it may be. */
export interface LineShown {
  order: number;
  names: Record<string, string>;
  letter: string;
  state: "unknown" | "closed" | "well" | "near" | "over" | "unserved";
  waiting: number;
  open: number;
  opened?: number;
  unserved?: number;
  segment?: string;
  wait?: number;
  target?: number;
}

/** A counter: what it takes at which level now, which of that is opened for a while, and which number is there. */
export interface CounterShown {
  order: number;
  names: Record<string, string>;
  state: "closed" | "open" | "paused";
  until?: string;
  number?: string;
  serves: Record<string, number>;
  opened?: Record<string, OpenedShown>;
}

/** A line whose people would wait longer, in minutes. */
export interface Longer {
  order: number;
  before: number;
  after: number;
}

/** What could be done: lend `counter` to `service` for `minutes`, take it back from there, or open it. */
export interface ProposalShown {
  order: number;
  kind: "lend" | "back" | "open";
  counter: string;
  service: string;
  line: string;
  minutes?: number;
  before?: number;
  after: number;
  hall_before: number;
  hall_after: number;
  longer: Record<string, Longer>;
}

/** How a hall stands: `lines` by service, worst first. `weighed` says whether proposals were looked for yet. */
export interface ManagerView {
  hall: ManagerHall;
  lines: Record<string, LineShown>;
  counters: Record<string, CounterShown>;
  segments: Record<string, SegmentShown>;
  services: Record<string, Record<string, string>>;
  proposals: Record<string, ProposalShown>;
  weighed: boolean;
}

/** Every view by its name in the live protocol. */
export interface Views {
  board: BoardView;
  counter: CounterView;
  queue: QueueView;
  ticket: TicketView;
  clerk: ClerkView;
  manager: ManagerView;
}
