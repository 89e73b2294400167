/** What the user is told of decisions: how many are unread, live. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { onHint } from "@/api/live";
import { call, type Row } from "@/kit/contract";

export type Notice = Row<"identity.ListNotices">;

export const useNotices = defineStore("notices", () => {
  const unread = ref(0);
  const newest = ref<Notice[]>([]);

  async function load() {
    newest.value = [...(await call("identity.ListNotices", { size: 20 })).items];
  }

  async function readAll() {
    const until = newest.value[0]?.told_at;
    unread.value = (await call("identity.MarkAllNoticesRead", until ? { until } : {})).unread;
    await load();
  }

  async function read(id: string) {
    unread.value = (await call("identity.MarkNoticesRead", { notice_ids: [id] })).unread;
    newest.value = newest.value.map((notice) => (notice.id === id ? { ...notice, read: true } : notice));
  }

  function listen() {
    const stops = [
      onHint("unread_notices", (hint: { unread: number }) => (unread.value = hint.unread)),
      onHint("notices", (hint: { new: number }) => (unread.value += hint.new)),
    ];
    return () => stops.forEach((stop) => stop());
  }
  return { unread, newest, load, read, readAll, listen };
});
