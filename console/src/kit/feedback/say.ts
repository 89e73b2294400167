/** Short words to the user that come and go, read out by screen readers; questions that wait for an answer. */
import { ElMessage, ElMessageBox } from "element-plus";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";
import { sentenceOf } from "./problems";

const LONG = 8000; // milliseconds: a refusal is read, a success glanced at
const SHORT = 4000;

/** Something went well. */
export const sayDone = (message: string) => void ElMessage({ message, type: "success", duration: SHORT, showClose: true });

/** Something did not: to be caught with. */
export const sayFailed = (error: unknown) =>
  void ElMessage({ message: sentenceOf(error), type: "error", duration: LONG, showClose: true });

/** Ask yes or no. Resolves to whether it is yes. */
export async function ask(title: string, message: string, yes: string, no = "取消"): Promise<boolean> {
  const options = { confirmButtonText: yes, cancelButtonText: no, type: "warning", closeOnClickModal: false } as const;
  return ElMessageBox.confirm(message, title, options).then(
    () => true,
    () => false,
  );
}
