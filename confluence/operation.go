package confluence

// OperationCheckResult is something a user may do: the official schema OperationCheckResult.
type OperationCheckResult struct {
	Operation  string `json:"operation" required:"true" enum:"administer archive clear_permissions copy create create_space delete export move purge purge_version read restore restrict_content update use" doc:"What may be done."`
	TargetType string `json:"targetType" required:"true" doc:"What it may be done to: application, space, page, blogpost, comment or attachment."`
}
