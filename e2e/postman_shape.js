// What Postman runs after each request: the answer must be like the one that was saved.
const shape = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return [...new Set(value.map((entry) => JSON.stringify(shape(entry))))].sort();
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]));
};
const like = (saved) => {
  pm.test("the status is the saved one", () => pm.response.to.have.status(saved.code));
  pm.test("the type is the saved one", () => {
    const type = saved.header.find((entry) => entry.key === "Content-Type");
    pm.expect(pm.response.headers.get("Content-Type")).to.equal(type && type.value);
  });
  pm.test("the shape is the saved one", () => {
    if (saved.body === "") return pm.expect(pm.response.text()).to.equal("");
    pm.expect(shape(pm.response.json())).to.deep.equal(shape(JSON.parse(saved.body)));
  });
};
