import { describe, expect, test } from "vitest";
import { startScene, startScenePlaying } from "./support/scene.ts";
import { story } from "./support/story.ts";

const bytes = new Uint8Array([1]);

describe("an order", () => {
  test("IN-01 BOT-01 becomes a job with a silent card that answers the message", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi } = scene;

    const order = ann.sends("Fix the rounding");
    const job = await daemon.takesOrder();
    const card = await ann.sees("Queued");

    expect(job.submission).toMatchObject({
      requestId: `telegram-${botApi.bot.id}-${botApi.updates[0]?.update_id}`,
      project: "shop",
      text: "Fix the rounding",
      requestedBy: { kind: "telegram", id: "1001", name: "Ann" },
      origin: { type: "telegram", chatId: 1001, messageId: order.id },
    });
    expect(card).toMatchObject({ silent: true, replyToId: order.id });
  });

  test("BOT-01 has its result right behind its card, and not behind the card's next news", async () => {
    const pace = { chatMs: () => 600_000, overallMs: 0, perSecond: Infinity };
    await using scene = await startScenePlaying({ bot: { pace } });
    const { ann, daemon } = scene;
    ann.sends("Fix the rounding");
    await ann.sees("Queued");

    const job = await daemon.takesOrder();
    await daemon.tells(job.id, story.started, ...story.rejected);

    expect(await ann.sees(/Rejected/)).toMatchObject({ silent: false });
    expect(scene.botApi.callsOf("editMessageText")).toEqual([]);
  });

  test("IN-07 names its project, or is asked about by button, once", async () => {
    await using scene = await startScenePlaying({ projects: ["shop", "blog"] });
    const { ann, daemon, botApi } = scene;

    ann.sends("/new blog: Write about rounding");
    expect((await daemon.takesOrder("Write")).submission.project).toBe("blog");
    ann.sends("Fix the rounding");
    const question = await ann.sees("Which project is this for?");
    const taps = [ann.taps(question, "shop"), ann.taps(question, "blog")];
    await botApi.until(() => taps.every(({ answer }) => answer));

    expect((await daemon.takesOrder("Fix")).submission).toMatchObject({ project: "shop", text: "Fix the rounding" });
    expect(taps.map(({ answer }) => answer?.text)).toEqual([
      "Ordered in shop.",
      "This choice is not open any more. Send the task again if it is still wanted.",
    ]);
    await botApi.until(() => ann.chat.message(question.id)?.text.includes("Project: shop"));
    expect(ann.chat.message(question.id)?.keyboard).toEqual([]);
    expect(daemon.submissions).toHaveLength(2);
  });

  test("IN-07 the buttons still work after a restart, and the order can be dropped", async () => {
    await using scene = await startScenePlaying({ projects: ["shop", "blog"] });
    const { ann, daemon, botApi, bot } = scene;
    ann.sends("Fix the rounding");
    ann.sends("Drop this");
    const question = await ann.sees(/Fix the rounding[\s\S]*Which project/);
    const other = await ann.sees(/Drop this[\s\S]*Which project/);
    await bot.stops();
    scene.startsBot();

    const dropped = ann.taps(other, "Drop it");
    ann.taps(question, "blog");

    expect((await daemon.takesOrder()).submission.project).toBe("blog");
    await botApi.until(() => dropped.answer);
    expect(dropped.answer?.text).toBe("Dropped.");
    expect(daemon.submissions).toHaveLength(1);
  });

  test("TG-41 a long text that the phone cuts in two is one order", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi } = scene;
    const text = `Fix all of this:\n${"a line of the log that says what is wrong\n".repeat(120)}and nothing else.`;

    ann.sends(text);
    const job = await daemon.takesOrder();
    await ann.sees("Queued");

    expect(botApi.updates).toHaveLength(2);
    expect(job.submission.text.replace(/\s+/g, " ")).toBe(text.replace(/\s+/g, " "));
    expect(daemon.submissions).toHaveLength(1);
  });

  test("TG-41 a long text without a second part waits only a moment, over a restart too", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi, bot } = scene;

    ann.sends("y".repeat(4_000));
    await botApi.until(() => botApi.pendingUpdates.length === 0);
    await bot.stops();
    scene.startsBot();

    expect((await daemon.takesOrder()).submission.text).toBe("y".repeat(4_000));
  });

  test("TG-20 TG-21 what came long ago while the bot was away is asked about, not run", async () => {
    let now = Date.now() - 3 * 3_600_000;
    await using scene = await startScene({ botApi: { now: () => now } });
    const { ann, daemon } = scene;
    ann.sends("Fix the rounding");
    now = Date.now();
    ann.sends("Fix the tax");

    scene.startsBot();
    const question = await ann.sees("This came while I was away, 3h ago. Is it still wanted?");
    expect((await daemon.takesOrder()).submission.text).toBe("Fix the tax");
    ann.taps(question, "Run in shop");

    expect((await daemon.takesOrder("rounding")).submission.text).toBe("Fix the rounding");
  });

  test("an order while no daemon runs says so on its card", async () => {
    await using scene = await startScenePlaying();
    await scene.daemon[Symbol.asyncDispose]();

    scene.ann.sends("Fix the rounding");

    await scene.ann.sees("No daemon is running. The job starts as soon as one does.");
  });
});

describe("other messages", () => {
  test("BOT-10 TG-40 TG-58 what is not text gets a sentence that says what to send, an album one, and an edit nothing", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi } = scene;

    ann.sendsFile({ kind: "voice", name: "a.ogg", bytes });
    ann.sendsFile({ kind: "photo", name: "a.jpg", bytes, mediaGroupId: "album" });
    ann.sendsFile({ kind: "photo", name: "b.jpg", bytes, mediaGroupId: "album" });
    ann.sendsFile({ kind: "document", name: "log.txt", bytes });
    const edited = ann.sends("/help");
    await ann.sees("How this works");
    ann.edits(edited, "Fix the rounding");
    ann.sends("/jobs");
    await ann.sees("No jobs yet");

    const answers = botApi.callsOf("sendMessage").map(({ params }) => String(params.text).split("\n")[0]);
    expect(answers).toEqual([
      "I cannot listen to voice messages. Send the task as text; the microphone on your phone's keyboard turns speech into text.",
      "I cannot look at pictures and videos. Describe in words what they show and what is to be done.",
      "I cannot read files that are sent here. Send the text itself, or name a file of the project.",
      "How this works",
      "No jobs yet.",
    ]);
  });

  test("TG-40 an order below a picture is asked about, since the picture is not read, and then is an order like any other", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon } = scene;

    const photo = ann.sendsFile({ kind: "photo", name: "a.jpg", bytes, caption: "Fix the rounding" });
    const question = await ann.sees("I read only your caption; I cannot look at the picture. Is that the whole task?");
    expect(daemon.submissions).toEqual([]);
    ann.taps(question, "Run in shop");

    expect((await daemon.takesOrder()).submission).toMatchObject({
      text: "Fix the rounding",
      origin: { type: "telegram", chatId: 1001, messageId: photo.id },
    });
  });

  test("TG-40 a caption is read as text is: it names the project or is asked for it, an album once", async () => {
    await using scene = await startScenePlaying({ projects: ["shop", "blog"] });
    const { ann, daemon, botApi } = scene;

    ann.sendsFile({ kind: "document", name: "a.txt", bytes, caption: "blog: Write about rounding" });
    ann.sendsFile({ kind: "photo", name: "a.jpg", bytes, caption: "Fix the tax", mediaGroupId: "album" });
    ann.sendsFile({ kind: "photo", name: "b.jpg", bytes, mediaGroupId: "album" });
    ann.sendsFile({ kind: "voice", name: "a.ogg", bytes, caption: "/jobs" });
    await ann.sees("No jobs yet");
    ann.taps(await ann.sees("I cannot read the file. Is that the whole task?"), "Run in blog");
    ann.taps(await ann.sees("I cannot look at the picture. Which project is this for?"), "shop");

    expect((await daemon.takesOrder("Write")).submission).toMatchObject({
      project: "blog",
      text: "Write about rounding",
    });
    expect((await daemon.takesOrder("tax")).submission).toMatchObject({ project: "shop", text: "Fix the tax" });
    const answers = botApi.callsOf("sendMessage").filter(({ params }) => /caption|picture/.test(String(params.text)));
    expect(answers).toHaveLength(2);
  });

  test("BOT-07 /status, /diff and /cancel find the job by the beginning of its id, or the only open one", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon } = scene;
    ann.sends("/cancel");
    await ann.sees("There are no jobs yet.");
    ann.sends("Fix the rounding");
    const job = await daemon.takesOrder();
    await daemon.tells(job.id, story.started);

    ann.sends(`/status ${job.id.slice(0, 4)}`);
    await ann.sees(/iteration 1\/3/);
    ann.sends("/diff");
    await ann.sees(`Job ${job.id} has no diff yet: there is one as soon as its work is checked.`);
    await daemon.leavesPatch(job.id, "+a\n".repeat(2_000));
    ann.sends("/diff");
    const file = await scene.botApi.until(() => ann.chat.messages.find(({ attachment }) => attachment));
    ann.sends("/status nosuch");
    await ann.sees('There is no job "nosuch". /jobs lists them.');
    ann.sends("/cancel");
    await ann.sees(`Cancelling job ${job.id}: Fix the rounding`);

    expect(file.attachment?.name).toBe(`${job.id}.diff`);
    expect(await daemon.decides("cancel")).toMatchObject({ jobId: job.id, by: { id: "1001", name: "Ann" } });
  });

  test("BOT-07 where several jobs are open a command asks which, with the commands to tap", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon } = scene;
    ann.sends("Fix the rounding");
    ann.sends("Fix the tax");
    const job = await daemon.takesOrder("rounding");
    await daemon.takesOrder("tax");

    ann.sends("/cancel");
    const answer = await ann.sees("Several jobs are open. Which one?");

    expect(answer.text).toContain(`/cancel ${job.id} — Fix the rounding`);
    expect(daemon.decisions).toEqual([]);
  });

  test("a reply to a running job's card orders nothing and says what can be done; /cancel as the reply means that job", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon } = scene;
    ann.sends("Fix the tax");
    ann.sends("Fix the rounding");
    await daemon.takesOrder("tax");
    const job = await daemon.takesOrder("rounding");
    await daemon.tells(job.id, story.started);
    const card = await ann.sees(new RegExp(`Running · shop · ${job.id}`));

    ann.sends("No, the other file", { replyTo: card });
    await ann.sees(`Job ${job.id} cannot take new words while it runs.`);
    ann.sends("/cancel", { replyTo: card });

    expect((await daemon.decides("cancel")).jobId).toBe(job.id);
    expect(daemon.submissions).toHaveLength(2);
  });
});
