package io.tillstream.order.order;

/** Why the cancel of an order was asked for, where nobody asked for it by a request. */
public enum CancelReason {
    /** Nobody is left to ship to: money that is not counted by then is not kept. */
    CUSTOMER_DELETED,
    /** It was not paid for so long that its price need not be today's. */
    EXPIRED
}
