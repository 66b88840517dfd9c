import { segment } from '../api.ts';
import type { AddCommands } from '../context.ts';
import { EXIT } from '../failure.ts';
import { shown } from '../text.ts';

export const addCloseSpan: AddCommands = (program, run) => {
  program
    .command('close-span')
    .description("counts an open span of Telnyx's list as complete (operate token)")
    .argument('<id>', 'the id that status shows')
    .action((id: string) =>
      run(async ({ api, screen }) => {
        await api.post(`/v2/open-spans/${segment(id)}/close`, undefined);
        if (screen.json) screen.document({ data: { id, closed: true } });
        else screen.print(`span ${shown(id)} is closed`);
        return EXIT.fine;
      }),
    );
};
