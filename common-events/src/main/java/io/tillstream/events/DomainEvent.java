package io.tillstream.events;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A fact of Tillstream's own that other systems subscribe to. Its records are the published contract. */
public sealed interface DomainEvent
        permits OrderEvent,
                PaymentEvent,
                PaymentMethodEvent,
                CustomerEvent,
                SubscriptionEvent,
                InvoiceEvent,
                EntitlementEvent {

    String PREFIX = "io.tillstream.";
    String VERSION = ".v1";

    /** The Kafka key: events of one aggregate are published in the order they happened. */
    String aggregateId();

    /** The topic it is published on. */
    String topic();

    /** The CloudEvents type, for example {@code io.tillstream.order.paid.v1}. */
    default String type() {
        return type(getClass());
    }

    static String type(Class<? extends DomainEvent> event) {
        return PREFIX + event.getAnnotation(EventTypeName.class).value() + VERSION;
    }

    /** Of a CloudEvents type what it is called in one word, for example {@code order.paid}. */
    static String shortName(String type) {
        return type.startsWith(PREFIX) && type.endsWith(VERSION)
                ? type.substring(PREFIX.length(), type.length() - VERSION.length())
                : type;
    }

    /** The CloudEvents type of what is called in one word; a type is itself. */
    static String longName(String name) {
        return name.startsWith(PREFIX) ? name : PREFIX + name + VERSION;
    }

    /** All types that are published. */
    static Set<String> types() {
        return types(DomainEvent.class).collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<String> types(Class<?> event) {
        return event.isSealed()
                ? Stream.of(event.getPermittedSubclasses()).flatMap(DomainEvent::types)
                : Stream.of(type(event.asSubclass(DomainEvent.class)));
    }
}
