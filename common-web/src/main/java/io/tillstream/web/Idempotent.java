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
 * {@link IdempotencyKey}, as long as anything may have the key's id, see {@link #idIn()}. Otherwise a key is forgotten
 * {@code tillstream.web.refused-keys-keep} after it expired.
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

    /**
     * Whether the answer is kept for repeats. Where it may hold what must not rest anywhere, {@code false}: the same request then
     * runs anew, and finds what was done.
     */
    boolean keepsAnswer() default true;

    /** For {@link #idIn()}: only calls to Stripe have the id, and Stripe forgets it in a day or two. */
    String CALLS_TO_STRIPE = "stripe";

    /**
     * Where what a run makes has the key's id, as {@code table.column}. A key of which every run was refused with 4xx, and whose
     * id nothing has there, is forgotten after {@code tillstream.web.refused-keys-keep}. Empty: each key is kept for ever.
     */
    String idIn() default "";
}
