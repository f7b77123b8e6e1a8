// What the samples use of .NET's JSON, made of what mono has.
namespace System.Text.Json.Nodes
{
    public class JsonNode
    {
        internal System.Json.JsonValue Value;

        public static JsonNode Parse(string text) { return Of(System.Json.JsonValue.Parse(text)); }

        static JsonNode Of(System.Json.JsonValue value)
        {
            if (value == null) return null;
            return value is System.Json.JsonArray ? new JsonArray { Value = value } : new JsonNode { Value = value };
        }

        public JsonNode this[string name] { get { return Value.ContainsKey(name) ? Of(Value[name]) : null; } }
        public JsonNode this[int i] { get { return Of(Value[i]); } }
        public string ToJsonString() { return Value.ToString(); }
    }

    public class JsonArray : JsonNode
    {
        public int Count { get { return Value.Count; } }
    }
}
