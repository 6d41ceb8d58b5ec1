// A company of 10,000 entities in 200 files, the same each time.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILES = 200;
const EACH = 50;

export async function organisation(folder) {
  await mkdir(folder, { recursive: true });
  for (let file = 0; file < FILES; file++) {
    const team = `team-${file % 40}`;
    const documents = [`apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: system-${file}}\nspec: {owner: ${team}}\n`];
    if (file < 40) {
      documents.push(`apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${team}}\nspec: {type: team, children: []}\n`);
    }
    while (documents.length < EACH) {
      const number = file * EACH + documents.length;
      documents.push(
        `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-${number}
  description: "Does what service ${number} of ${team} is there for, and tells whoever asks how it went"
  labels: {tier: "${number % 4}"}
  annotations: {github.com/project-slug: example/service-${number}}
  tags: [${["rust", "go", "java", "python"][number % 4]}, ${["http", "grpc", "batch"][number % 3]}]
spec:
  type: ${["service", "website", "library"][number % 3]}
  lifecycle: ${["production", "experimental", "deprecated"][number % 3]}
  owner: ${team}
  system: system-${file}
  dependsOn: [component:service-${Math.max(1, number - 1)}]
`,
      );
    }
    await writeFile(join(folder, `catalog-${file}.yaml`), documents.join("---\n"));
  }
}
