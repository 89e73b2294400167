/** Short words to the user that come and go, read out by screen readers; questions that wait for an answer. */
import { ElMessage, ElMessageBox } from "element-plus";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";
import { sentenceOf } from "./problems";

const LONG = 8000; // milliseconds: a refusal is read, a success glanced at
const SHORT = 4000;

/** Something went well. */
export const sayDone = (message: string) =>
  void ElMessage({ message, type: "success", duration: SHORT, showClose: true });

/** Something did not: to be caught with. */
export const sayFailed = (error: unknown) =>
  void ElMessage({ message: sentenceOf(error), type: "error", duration: LONG, showClose: true });

/** Ask before something is done; Enter and Escape leave it undone. Resolves to whether it is done. */
export const ask = (title: string, message: string, yes: string): Promise<boolean> =>
  askToGo(title, message, "取消", yes);

/** Ask whether to stay, which is what Enter and Escape do, or to go. Resolves to whether they go. */
export async function askToGo(title: string, message: string, stay: string, go: string): Promise<boolean> {
  const options = {
    confirmButtonText: stay, // which has the focus
    cancelButtonText: go,
    type: "warning",
    closeOnClickModal: false,
    distinguishCancelAndClose: true,
  } as const;
  return ElMessageBox.confirm(message, title, options).then(
    () => false,
    (action: string) => action === "cancel",
  );
}
