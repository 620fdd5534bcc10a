/** The description of `POST /predict` for programs: https://spec.openapis.org/oas/v3.1.0 */
export function openApi(
  { architecture, classes, limit }: {
    architecture: string;
    classes: readonly string[];
    limit: number;
  },
) {
  const probability = { type: "number", minimum: 0, maximum: 1 };
  const label = { type: "string", enum: [...classes] };
  const photo = { type: "string", format: "binary" };
  const error = (description: string) => ({
    description,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  });
  return {
    openapi: "3.1.0",
    info: {
      title: `graft: ${architecture}`,
      version: "1",
      description: `Tells ${classes.join(", ")} apart.`,
    },
    paths: {
      "/predict": {
        post: {
          operationId: "predict",
          summary: "Label a photo",
          parameters: [{
            name: "top",
            in: "query",
            description: "How many classes to list",
            schema: { type: "integer", minimum: 1, default: 5 },
          }],
          requestBody: {
            required: true,
            description:
              `JPEG, PNG, WebP, GIF, BMP, TIFF or PNM, of ${limit} bytes at most. It is told by its ` +
              "content, whatever its type says, and turned upright by its EXIF data.",
            content: {
              "image/*": { schema: photo },
              "application/octet-stream": { schema: photo },
              "multipart/form-data": {
                schema: { type: "object", properties: { photo }, required: ["photo"] },
              },
            },
          },
          responses: {
            200: {
              description: "What the model says",
              content: {
                "application/json": { schema: { $ref: "#/components/schemas/Prediction" } },
              },
            },
            400: error("It is no photo, none that can be decoded, or a form without just one file"),
            403: error(
              "The request comes from another site, or by a name that is not the server's",
            ),
            408: error("It did not come in time"),
            413: error("It is too large"),
            503: error(
              "Too many photos are waiting: `Retry-After` says in how many seconds to try again",
            ),
          },
        },
      },
    },
    components: {
      schemas: {
        Prediction: {
          type: "object",
          required: ["label", "probability", "top", "logits"],
          properties: {
            label,
            probability,
            top: {
              type: "array",
              description: "The likeliest classes, best first",
              items: {
                type: "object",
                required: ["label", "probability"],
                properties: { label, probability },
              },
            },
            logits: {
              type: "array",
              description: "One of each class, before the temperature",
              items: { type: "number" },
            },
            none_of_these: {
              type: "boolean",
              description: "Whether the photo is unlike all that the model was evaluated on",
            },
          },
        },
        Error: {
          type: "object",
          required: ["error"],
          properties: { error: { type: "string" } },
        },
      },
    },
  };
}
