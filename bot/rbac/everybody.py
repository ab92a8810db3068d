"""What every ServiceAccount may do by Kubernetes' own bindings: ask about itself, and discover."""

from bot.rbac.rights import Right

EVERYBODYS = frozenset(
    {
        *(
            Right("create", f"{group}.k8s.io", resource)
            for group, resource in (
                ("authorization", "selfsubjectaccessreviews"),
                ("authorization", "selfsubjectrulesreviews"),
                ("authentication", "selfsubjectreviews"),
            )
        ),
        *(
            Right(verb, "certificates.k8s.io", "clustertrustbundles")
            for verb in ("get", "list", "watch")
        ),
        *(
            Right("get", "", path)
            for path in (
                *("/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"),
                *("/healthz", "/livez", "/readyz", "/version", "/version/"),
                *("/openid/v1/jwks", "/openid/v1/jwks/"),
                "/.well-known/openid-configuration",
                "/.well-known/openid-configuration/",
            )
        ),
    }
)
