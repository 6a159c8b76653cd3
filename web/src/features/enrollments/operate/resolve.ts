import { api, call } from "@/api";

/** Says of an effect whose outcome nobody knows that it was carried out, or has it carried out once more. */
export function resolve(how: "mark_sent" | "resend", id: string, node: string, visit: number) {
  const request = { params: { path: { id } }, body: { node, visit } };
  return how === "resend"
    ? call(api.POST("/v1/enrollments/{id}/resend", request))
    : call(api.POST("/v1/enrollments/{id}/mark_sent", request));
}
