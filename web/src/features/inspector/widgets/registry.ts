import { ConditionWidget } from "../conditions/ConditionEditor";
import type { Registered, Registry } from "../form/scope";
import { HtmlWidget, LiquidLinesWidget, LiquidNumberWidget, LiquidWidget } from "../liquid/LiquidWidget";
import { TemplateWidget } from "../mail/TemplateWidget";
import { AddressWidget } from "../pickers/AddressWidget";
import { EventWidget } from "../pickers/EventWidget";
import { FilesWidget } from "../pickers/FilesWidget";
import { HeadersWidget } from "../pickers/HeadersWidget";
import { kindWidget } from "../pickers/KindWidget";
import { SecretWidget } from "../pickers/SecretPicker";
import { StageWidget } from "../pickers/StageWidget";
import { TagsWidget } from "../pickers/TagsWidget";
import { BodyWidget } from "../request/BodyWidget";
import { CronWidget } from "../time/CronWidget";
import { DurationRangeWidget, DurationWidget } from "../time/DurationWidget";
import { RateWidget } from "../time/RateWidget";
import { TimeWidget } from "../time/TimeWidget";
import { TimezoneWidget } from "../time/TimezoneWidget";
import { WeekdaysWidget } from "../time/WeekdaysWidget";
import { ChoiceWidget } from "./ChoiceWidget";
import { JsonWidget } from "./JsonWidget";
import { ListWidget } from "./ListWidget";
import { MapWidget } from "./MapWidget";
import { NumberWidget } from "./NumberWidget";
import { ObjectWidget } from "./ObjectWidget";
import { PathWidget } from "./PathWidget";
import { ReentryWidget } from "./ReentryWidget";
import { SwitchWidget } from "./SwitchWidget";
import { TextsWidget } from "./TextsWidget";
import { TextareaWidget, TextWidget } from "./TextWidget";
import { ValueWidget } from "./ValueWidget";

const byKind: Record<string, Registered> = {
  text: { component: TextWidget },
  number: { component: NumberWidget },
  switch: { component: SwitchWidget },
  choice: { component: ChoiceWidget },
  texts: { component: TextsWidget },
  map: { component: MapWidget },
  data: { component: BodyWidget },
  json: { component: JsonWidget },
  list: { component: ListWidget, deep: true },
  object: { component: ObjectWidget, deep: true },
};

/** The widgets by the name that x-ui gives. One that is absent here is drawn by its JSON type. */
const named: Record<string, Registered> = {
  textarea: { component: TextareaWidget },
  json: { component: BodyWidget },
  value: { component: ValueWidget },
  reentry: { component: ReentryWidget },
  path: { component: PathWidget },
  liquid: { component: LiquidWidget },
  "liquid-lines": { component: LiquidLinesWidget },
  "liquid-number": { component: LiquidNumberWidget },
  html: { component: HtmlWidget },
  condition: { component: ConditionWidget, deep: true },
  filter: { component: ConditionWidget, deep: true },
  duration: { component: DurationWidget },
  offset: { component: DurationWidget },
  cron: { component: CronWidget },
  rate: { component: RateWidget },
  headers: { component: HeadersWidget },
  "duration-range": { component: DurationRangeWidget },
  time: { component: TimeWidget },
  timezone: { component: TimezoneWidget },
  weekdays: { component: WeekdaysWidget },
  tag: { component: kindWidget("tags") },
  tags: { component: TagsWidget },
  pipeline: { component: kindWidget("pipelines") },
  stage: { component: StageWidget },
  course: { component: kindWidget("courses") },
  template: { component: TemplateWidget },
  segment: { component: kindWidget("segments") },
  "contact-field": { component: kindWidget("fields") },
  workflow: { component: kindWidget("workflows") },
  event: { component: EventWidget },
  files: { component: FilesWidget },
  secret: { component: SecretWidget },
  url: { component: SecretWidget },
  address: { component: AddressWidget },
  person: { component: AddressWidget },
};

export const registry: Registry = { named, byKind };
