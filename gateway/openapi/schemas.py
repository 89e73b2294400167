"""Schemas of contracts with the words that people read: titles of fields, labels of what is chosen from a list."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from contracts.words import field_word, member_word, value_words
from contracts.words.word import Word


class SchemaWithWords(GenerateJsonSchema):
    """A field's `title` is its Chinese word, `x-title-en` its English one; an enum has `x-words` for its values, and so
    has a field that holds names of the code, such as actions."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """See `GenerateJsonSchema`."""
        described = super().model_schema(schema)
        contract: type[BaseModel] = schema["cls"]
        for name, field in described.get("properties", {}).items():
            if word := field_word(contract, name):
                field |= {"title": word.zh, "x-title-en": word.en}
            if words := value_words(contract, name):
                field["x-words"] = _labels(words)
        return described

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """See `GenerateJsonSchema`."""
        words = {member.value: member_word(member) for member in schema["members"]}
        return super().enum_schema(schema) | {"x-words": _labels(words)}


def _labels(words: Mapping[str, Word]) -> dict[str, Any]:
    return {value: {"zh": word.zh, "en": word.en} for value, word in words.items()}
