import { Tabs, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useSession } from "@/api";
import { AlarmSettings } from "@/features/alarms";
import { Page } from "@/shared";
import { AccountForm } from "./AccountForm";
import { AuditLog } from "./AuditLog";
import { EngineHealth } from "./EngineHealth";
import { KeysPanel } from "./KeysPanel";
import { SecretsPanel } from "./SecretsPanel";
import { SuppressionsPanel } from "./SuppressionsPanel";
import { type SettingsTab, settingsTabs } from "./tabs";

const panels: Record<SettingsTab, () => React.JSX.Element> = {
  account: AccountForm,
  keys: KeysPanel,
  secrets: SecretsPanel,
  suppressions: SuppressionsPanel,
  alarms: AlarmSettings,
  audit: AuditLog,
  engine: EngineHealth,
};

/** What holds for the whole installation. */
export function SettingsPage() {
  const { tab = "account" } = useSearch({ from: "/inside/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const { may } = useSession();
  const shown = settingsTabs.filter((t) => may(t.scope));
  const Panel = shown.some((t) => t.tab === tab) ? panels[tab] : NotShown;
  return (
    <Page title="Settings" description="What holds for the whole installation.">
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: { tab: value as SettingsTab } })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          {shown.map((t) => (
            <Tabs.Tab key={t.tab} value={t.tab}>
              {t.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** What stands in the place of a tab whose content the key may not read. */
function NotShown() {
  return <Text>Your key may not read this. Ask who administers this installation.</Text>;
}
