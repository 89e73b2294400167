import { settingsPage } from "@/kit/settings/declare";

export default settingsPage("enrollment");
