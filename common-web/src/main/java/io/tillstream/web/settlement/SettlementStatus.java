package io.tillstream.web.settlement;

/** How far something is, for the page that waits for it. */
public interface SettlementStatus {

    /** Grows with each move that is told. */
    int version();
}
