package io.tillstream.events;

/**
 * An amount with its currency, as Stripe has it.
 *
 * @param amount in the currency's smallest unit (cents for usd, yen for jpy)
 * @param currency lower-case ISO 4217 code
 */
public record Money(long amount, String currency) {}
