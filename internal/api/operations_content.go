package api

// contentOperations is the little of Confluence's content that there is to watch. None of it is in the user part of
// Atlassian's description, on which the others are held.
var contentOperations = []operation{
	{
		"getContent", "GET /wiki/rest/api/content", "Get content", tagContent, canUse | adminKey,
		scopes{"read:confluence-content.all", "read:content-details:confluence"},
		read, exempt, 200,
		fails{noAdminKey},
		do((*Server).getContents),
	},
	{
		"createContent", "POST /wiki/rest/api/content", "Create content", tagContent, canUse | credential,
		scopes{"write:confluence-content", "read:content-details:confluence write:content:confluence"},
		write, exempt, 200,
		fails{badRequest, mayNotChange, noPlace},
		do((*Server).createContent),
	},
	{
		"getContentById", "GET /wiki/rest/api/content/{id}", "Get content by ID", tagContent, canUse | adminKey,
		scopes{"read:confluence-content.all", "read:content-details:confluence"},
		read, exempt, 200,
		fails{noAdminKey, noContent},
		do((*Server).getContent),
	},
	{
		"getLabelsForContent", "GET /wiki/rest/api/content/{id}/label", "Get labels for content", tagContent, canUse | adminKey,
		scopes{"read:confluence-content.summary", "read:label:confluence"},
		read, exempt, 200,
		fails{noAdminKey, noContent},
		do((*Server).getLabels),
	},
	{
		"addLabelsToContent", "POST /wiki/rest/api/content/{id}/label", "Add labels to content", tagContent, canUse | credential,
		scopes{"write:confluence-content", "read:label:confluence write:label:confluence"},
		write, exempt, 200,
		fails{badRequest, mayNotChange, noContent},
		do((*Server).addLabels),
	},
	{
		"removeLabelFromContentUsingQueryParameter", "DELETE /wiki/rest/api/content/{id}/label", "Remove label from content using query parameter", tagContent, canUse | credential,
		scopes{"write:confluence-content", "write:label:confluence"},
		write, exempt, 204,
		fails{badRequest, mayNotChange, {404, "There is no such content, or it does not have the label."}},
		do((*Server).removeLabelByQuery),
	},
	{
		"removeLabelFromContent", "DELETE /wiki/rest/api/content/{id}/label/{label}", "Remove label from content", tagContent, canUse | credential,
		scopes{"write:confluence-content", "write:label:confluence"},
		write, exempt, 204,
		fails{mayNotChange, {404, "There is no such content, or it does not have the label."}},
		do((*Server).removeLabel),
	},
	{
		"getWatchesForPage", "GET /wiki/rest/api/content/{id}/notification/child-created", "Get watches for page", tagContent, canUse | viewProfiles | adminKey,
		scopes{"read:confluence-content.summary", "read:watcher:confluence"},
		read, exempt, 200,
		fails{noViewing, noContent},
		do((*Server).watchesOfContent),
	},
	{
		"getWatchesForSpace", "GET /wiki/rest/api/content/{id}/notification/created", "Get space watches of page", tagContent, canUse | viewProfiles | adminKey,
		scopes{"read:confluence-content.summary", "read:watcher:confluence"},
		read, exempt, 200,
		fails{noViewing, noContent},
		do((*Server).watchesOfItsSpace),
	},
	{
		"deleteContent", "DELETE /wiki/rest/api/content/{id}", "Delete content", tagContent, canUse | credential,
		scopes{"write:confluence-content", "delete:content:confluence"},
		deletes, exempt, 204,
		fails{mayNotChange, noContent},
		do((*Server).deleteContent),
	},

	{
		"getSpaces", "GET /wiki/rest/api/space", "Get spaces", tagSpace, canUse,
		scopes{"read:confluence-space.summary", "read:space:confluence"},
		read, exempt, 200,
		fails{noAccess},
		do((*Server).getSpaces),
	},
	{
		"createSpace", "POST /wiki/rest/api/space", "Create space", tagSpace, canUse | credential,
		scopes{"write:confluence-space", "read:space:confluence write:space:confluence"},
		write, exempt, 200,
		fails{badRequest, mayNotChange},
		do((*Server).createSpace),
	},
	{
		"getSpace", "GET /wiki/rest/api/space/{spaceKey}", "Get space", tagSpace, canUse,
		scopes{"read:confluence-space.summary", "read:space:confluence"},
		read, exempt, 200,
		fails{noAccess, noPlace},
		do((*Server).getSpace),
	},
	{
		"getWatchersForSpace", "GET /wiki/rest/api/space/{spaceKey}/watch", "Get space watchers", tagSpace, canUse | viewProfiles,
		scopes{"read:confluence-content.summary", "read:watcher:confluence"},
		read, exempt, 200,
		fails{noViewing, noPlace},
		do((*Server).watchesOfSpace),
	},
	{
		"deleteSpace", "DELETE /wiki/rest/api/space/{spaceKey}", "Delete space", tagSpace, canUse | credential,
		scopes{"write:confluence-space", "delete:space:confluence"},
		deletes, exempt, 202,
		fails{mayNotChange, noPlace},
		do((*Server).deleteSpace),
	},
}
