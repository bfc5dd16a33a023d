package io.tillstream.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a handler of a {@code POST}: the same {@code Idempotency-Key} with the same body gives the same answer again. The
 * handler runs to its end even if the client goes away. Answers that say that nothing was done (400, 409, 422, 5xx, ...)
 * are not kept: the next try with the key and the same body runs anew, with the same {@link IdempotencyKey#id()}.
 *
 * <p>A key with another body is refused, always: while the first runs, after it failed, and, where the handler takes an
 * {@link IdempotencyKey}, for ever, as what has the key's id lives on. Otherwise a key is forgotten when it expires.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {

    /** Whether a request without a key is refused with 400 {@code idempotency-key-missing}. */
    boolean required() default true;

    /**
     * Whether 202 is an answer like any other. Where it only says that the outcome is not known yet, {@code false}: the same
     * request then runs anew, and learns it.
     */
    boolean keepsAccepted() default true;
}
