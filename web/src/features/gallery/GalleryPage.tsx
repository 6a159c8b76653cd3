import { Chip, Group, SimpleGrid, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useSession } from "@/api";
import { Page, ProblemAlert } from "@/shared";
import { InstallWizard } from "./InstallWizard";
import { galleryQuery } from "./queries";
import { TemplateCard } from "./TemplateCard";

const all = "All";

/** Workflows to start from. */
export function GalleryPage() {
  const { data, error, isPending, refetch } = useQuery(galleryQuery());
  const { may } = useSession();
  const search = useSearch({ from: "/inside/gallery" });
  const navigate = useNavigate({ from: "/gallery" });
  const templates = data?.items ?? [];
  const categories = [all, ...new Set(templates.map((t) => t.category))];
  const category = search.category ?? all;
  const chosen = may("editor") ? templates.find((t) => t.key === search.use) : undefined;
  const go = (next: typeof search) => void navigate({ search: next });
  return (
    <Page
      title="Gallery"
      description="Workflows that are wired and written already. Fill the blanks, read them through, publish."
    >
      {isPending && <Skeleton height={320} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {templates.length > 0 && (
        <Chip.Group
          value={categories.includes(category) ? category : all}
          onChange={(value) => go(value === all ? {} : { category: String(value) })}
        >
          <Group gap="xs" mb="md" role="group" aria-label="Category">
            {categories.map((one) => (
              <Chip key={one} value={one} variant="outline">
                {one}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {templates
          .filter((t) => category === all || t.category === category)
          .map((t) => (
            <TemplateCard key={t.key} template={t} onUse={() => go({ ...search, use: t.key })} />
          ))}
      </SimpleGrid>
      {chosen && <InstallWizard key={chosen.key} template={chosen} onClose={() => go({ ...search, use: undefined })} />}
    </Page>
  );
}
