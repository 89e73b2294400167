import { command, downloading } from "@/kit/actions";
import { choice, type Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";
import { isOpen } from "@/kit/tasks/tasks";
import TaskOutcome from "./TaskOutcome.vue";

type Task = Answer<"gateway.GetTask">;

export default detailPage("gateway.GetTask", {
  title: (task) => choice("TaskView.kind", task.kind),
  state: "state",
  tabs: [{ title: "结果", own: TaskOutcome }],
  actions: [
    downloading("gateway.GetTaskResult", ({ result }: Task) => !!result),
    command("gateway.CancelTask", { when: (task: Task) => isOpen(task) && task.state !== "cancelling", danger: true }),
  ],
});
