package io.tillstream.web.problem;

import io.tillstream.web.Problem;
import jakarta.validation.ConstraintViolationException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.MethodParameter;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.server.MissingRequestValueException;
import org.springframework.web.server.ServerWebInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/** What each kind of exception means to the one who asked. */
final class ProblemMapper {

    private static final Duration SOON = Duration.ofSeconds(5); // most outages are a restart

    /**
     * By name, because not every service has these libraries: something we need does not answer, and the transaction was
     * rolled back or never begun.
     */
    private static final Set<String> DEPENDENCY_DOWN = Set.of(
            "org.springframework.dao.TransientDataAccessException",
            "org.springframework.dao.DataAccessResourceFailureException",
            "org.springframework.transaction.CannotCreateTransactionException",
            "io.r2dbc.spi.R2dbcTransientException",
            "io.r2dbc.spi.R2dbcNonTransientResourceException",
            "org.springframework.web.reactive.function.client.WebClientRequestException",
            "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
            "io.github.resilience4j.bulkhead.BulkheadFullException",
            "org.springframework.security.authentication.AuthenticationServiceException",
            "java.net.ConnectException",
            "java.net.SocketException",
            "java.net.UnknownHostException",
            "java.nio.channels.ClosedChannelException",
            "reactor.netty.http.client.PrematureCloseException",
            "reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException",
            "reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException");

    private ProblemMapper() {}

    static Problem of(Throwable thrown) {
        Problem own = inChain(thrown, Problem.class);
        if (own != null) {
            return own;
        }
        if (inChain(thrown, DataBufferLimitException.class) != null) {
            return Problem.of(413, "body-too-large", "The request body is too large.");
        }
        if (thrown instanceof WebExchangeBindException invalid) {
            return Problem.invalid(
                    invalid.getAllErrors().stream().map(ProblemMapper::field).toList());
        }
        if (thrown instanceof HandlerMethodValidationException invalid) {
            return Problem.invalid(invalid.getParameterValidationResults().stream()
                    .flatMap(result -> result.getResolvableErrors().stream().map(error -> field(result, error)))
                    .toList());
        }
        if (thrown instanceof ConstraintViolationException invalid) {
            return Problem.invalid(invalid.getConstraintViolations().stream()
                    .map(one -> new Problem.Field(one.getPropertyPath().toString(), one.getMessage()))
                    .toList());
        }
        Problem value = SqlFaults.of(thrown);
        if (value != null) {
            return value;
        }
        if (dependencyDown(thrown)) {
            return Problem.unavailable("Something this service needs does not answer now.", SOON)
                    .causedBy(thrown);
        }
        return byStatus(thrown);
    }

    private static Problem byStatus(Throwable thrown) {
        if (thrown instanceof MissingRequestValueException missing) {
            return Problem.malformed(missing.getName(), "is missing");
        }
        if (thrown instanceof ServerWebInputException || thrown instanceof DecodingException) {
            return unreadable(thrown);
        }
        if (thrown instanceof AuthenticationException) {
            return Problem.unauthorized();
        }
        if (thrown instanceof AccessDeniedException) {
            return Problem.forbidden();
        }
        if (thrown instanceof ServerExchangeRejectedException || thrown instanceof InvalidMediaTypeException) {
            return Problem.malformed("The request cannot be read.");
        }
        if (thrown instanceof InvalidMimeTypeException) {
            return Problem.notAcceptable(); // Accept names more types than Spring sorts
        }
        int status =
                thrown instanceof ErrorResponse answer ? answer.getStatusCode().value() : 500;
        return switch (status) {
            case 400 -> Problem.malformed("The request cannot be read.");
            case 401 -> Problem.unauthorized();
            case 403 -> Problem.forbidden();
            case 404 -> Problem.notFound();
            case 405 -> Problem.of(405, "method-not-allowed", "The resource does not have this method.");
            case 406 -> Problem.notAcceptable();
            case 413 -> Problem.of(413, "body-too-large", "The request body is too large.");
            case 415 -> Problem.of(415, "unsupported-media-type", "Send application/json.");
            case 422 -> Problem.of(422, "validation-failed", "Some fields are not valid.");
            case 429 -> Problem.tooManyRequests(Duration.ofSeconds(1)).causedBy(thrown);
            case 503 -> Problem.unavailable("Not available now.", SOON).causedBy(thrown);
            case 504 -> Problem.of(504, "timeout", "No answer in time.").causedBy(thrown);
            case 500 ->
                Problem.of(500, "internal-error", "Something went wrong here; quote the requestId.")
                        .causedBy(thrown);
            default -> other(status).causedBy(thrown);
        };
    }

    private static Problem other(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        String reason = known == null ? "Status " + status : known.getReasonPhrase();
        return Problem.of(status, reason.toLowerCase(java.util.Locale.ROOT).replace(' ', '-'), reason + ".");
    }

    /** Says where the JSON is wrong, and never how our classes are called. */
    private static Problem unreadable(Throwable thrown) {
        JacksonException json = inChain(thrown, JacksonException.class);
        if (json == null) {
            boolean nothing = thrown.getCause() == null || thrown.getCause().getCause() == null;
            return nothing && thrown instanceof ServerWebInputException noBody
                    ? Problem.malformed("The request cannot be read: " + missing(noBody))
                    : Problem.malformed("The request cannot be read.");
        }
        if (json.getPath().isEmpty()) {
            return Problem.malformed("The request cannot be read" + place(json.getLocation()) + ".");
        }
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : json.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        boolean unknown = json instanceof tools.jackson.databind.exc.UnrecognizedPropertyException;
        return Problem.malformed(path.toString(), unknown ? "is not known" : "has the wrong type or form");
    }

    private static String place(@Nullable TokenStreamLocation at) {
        return at == null || at.getLineNr() < 1
                ? ""
                : " from line " + at.getLineNr() + ", column " + at.getColumnNr() + ", on";
    }

    /** Of a parameter or of the body. */
    private static String missing(ServerWebInputException fault) {
        MethodParameter parameter = fault.getMethodParameter();
        boolean body = parameter != null && parameter.hasParameterAnnotation(RequestBody.class);
        return body ? "a JSON body is missing." : "a value is missing.";
    }

    private static Problem.Field field(ObjectError error) {
        String name = error instanceof FieldError field ? field.getField() : error.getObjectName();
        return new Problem.Field(name, message(error));
    }

    private static Problem.Field field(ParameterValidationResult result, MessageSourceResolvable error) {
        if (error instanceof FieldError field) {
            return field(field);
        }
        String name = result.getMethodParameter().getParameterName();
        return new Problem.Field(name == null ? "request" : name, message(error));
    }

    private static String message(MessageSourceResolvable error) {
        String message = error.getDefaultMessage();
        return message == null ? "is not valid" : message;
    }

    private static boolean dependencyDown(Throwable thrown) {
        if (thrown instanceof TimeoutException) {
            return true;
        }
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (DEPENDENCY_DOWN.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    static <T> @Nullable T inChain(@Nullable Throwable thrown, Class<T> type) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < 20; depth++) { // causes can form a ring
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
