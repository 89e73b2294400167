import { defineConfigWithVueTs, vueTsConfigs } from "@vue/eslint-config-typescript";
import prettier from "eslint-config-prettier";
import compat from "eslint-plugin-compat";
import vue from "eslint-plugin-vue";
import vueA11y from "eslint-plugin-vuejs-accessibility";

export default defineConfigWithVueTs(
  { ignores: ["dist/", "generated/", "node_modules/"] },
  vue.configs["flat/recommended"],
  vueA11y.configs["flat/recommended"],
  vueTsConfigs.strict,
  vueTsConfigs.stylistic,
  compat.configs["flat/recommended"],
  prettier,
  {
    rules: {
      // The policy of the pages refuses styles in attributes.
      "vue/no-restricted-static-attribute": ["error", "style"],
      "vue/no-v-html": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": ["error", { allow: ["arrowFunctions"] }],
      "vuejs-accessibility/label-has-for": ["error", { required: { some: ["nesting", "id"] } }],
    },
  },
  {
    // Controls of the kit, whose labels stand around them (FormField).
    files: ["src/kit/fields/*Input.vue"],
    rules: { "vuejs-accessibility/form-control-has-label": "off" },
  },
);
