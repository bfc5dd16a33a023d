package io.tillstream.web;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal with a stable code; thrown or emitted anywhere in a request, it becomes RFC 9457 problem JSON. */
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with one field of the request. */
    public record Field(String field, String message) {}

    private final int status;
    private final String code;
    private final String detail;
    private final transient List<Field> errors;
    private final transient Map<String, Object> members;
    private final @Nullable Duration retryAfter;

    private Problem(
            int status,
            String code,
            String detail,
            List<Field> errors,
            Map<String, Object> members,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        // A refusal is an expected answer: its stack trace would cost much and tell nothing.
        super(code + ": " + detail, cause, false, cause != null);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        this.retryAfter = retryAfter;
    }

    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), Map.of(), null, null);
    }

    public static Problem malformed(String detail) {
        return of(400, "malformed-request", detail);
    }

    public static Problem malformed(String field, String message) {
        return of(400, "malformed-request", "The request cannot be read.")
                .withErrors(List.of(new Field(field, message)));
    }

    public static Problem invalid(String field, String message) {
        return invalid(List.of(new Field(field, message)));
    }

    public static Problem invalid(List<Field> errors) {
        return of(422, "validation-failed", "Some fields are not valid.").withErrors(errors);
    }

    public static Problem unauthorized() {
        return of(401, "unauthorized", "A valid access token is needed.");
    }

    public static Problem forbidden() {
        return of(403, "forbidden", "The access token does not allow this.");
    }

    /** Not there, or not the caller's: the same answer. */
    public static Problem notFound() {
        return of(404, "not-found", "There is no such thing here.");
    }

    /**
     * As {@link #notFound}, to another service: its answer names what is not there. A 404 without that is of whoever stands in
     * between, or of an address that an older release does not have, and proves nothing.
     */
    public static Problem missing(String id) {
        return notFound().with("missing", id);
    }

    public static Problem notAcceptable() {
        return of(406, "not-acceptable", "None of the accepted media types can be given.");
    }

    public static Problem conflict(String code, String detail) {
        return of(409, code, detail);
    }

    /** Something this service needs is down; nothing was done, or what was done will be found again by a repeat. */
    public static Problem unavailable(String detail, Duration retryAfter) {
        return of(503, "unavailable", detail).withRetryAfter(retryAfter);
    }

    public static Problem tooManyRequests(Duration retryAfter) {
        return of(429, "too-many-requests", "Too many requests; wait before the next.")
                .withRetryAfter(retryAfter);
    }

    public Problem withErrors(List<Field> fields) {
        return new Problem(status, code, detail, fields, members, retryAfter, getCause());
    }

    /** Adds a member of our own to the JSON, for instance the payment that was declined. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Problem(status, code, detail, errors, more, retryAfter, getCause());
    }

    public Problem withRetryAfter(Duration wait) {
        return new Problem(status, code, detail, errors, members, wait, getCause());
    }

    /** Keeps what led here, for the log only. */
    public Problem causedBy(Throwable cause) {
        return new Problem(status, code, detail, errors, members, retryAfter, cause);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    public List<Field> errors() {
        return errors;
    }

    public Map<String, Object> members() {
        return members;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
