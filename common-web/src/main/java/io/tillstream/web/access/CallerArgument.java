package io.tillstream.web.access;

import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import io.tillstream.web.limits.CardNumbers;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Size;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Gives controllers the {@link Caller}. */
final class CallerArgument implements HandlerMethodArgumentResolver {

    private static final String SCOPE = "SCOPE_";
    private static final int LONGEST_EMAIL = 512; // Stripe's own bound
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    /** What payment-service takes as an address when another service names one. */
    private record Address(@Email @Size(max = LONGEST_EMAIL) String email) {}

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Mono<Object> resolveArgument(
            MethodParameter parameter, BindingContext bindingContext, ServerWebExchange exchange) {
        Mono<Object> nobody = parameter.isOptional() ? Mono.empty() : Mono.error(Problem.unauthorized());
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .ofType(JwtAuthenticationToken.class)
                .<Object>map(CallerArgument::caller)
                .switchIfEmpty(nobody);
    }

    static Caller caller(JwtAuthenticationToken token) {
        Set<String> scopes = token.getAuthorities().stream()
                .map(granted -> String.valueOf(granted.getAuthority()))
                .filter(authority -> authority.startsWith(SCOPE))
                .map(authority -> authority.substring(SCOPE.length()))
                .collect(Collectors.toUnmodifiableSet());
        return new Caller(token.getName(), scopes, email(token));
    }

    /**
     * An address that Stripe or payment-service would refuse is as good as none: its user could never subscribe. So is one that
     * reads as a card number: nobody typed it into the shop, and no part of it is an address.
     */
    private static @Nullable String email(JwtAuthenticationToken token) {
        Object claim = token.getToken().getClaims().get("email");
        return claim instanceof String email
                        && email.indexOf('@') > 0
                        && VALIDATOR.validate(new Address(email)).isEmpty()
                        && !CardNumbers.in(email)
                ? email
                : null;
    }
}
