package io.tillstream.order.payment;

/** A refund that payment-service began. {@code status} is Stripe's. */
public record RefundResponse(String id, String status, long amount, String currency) {}
