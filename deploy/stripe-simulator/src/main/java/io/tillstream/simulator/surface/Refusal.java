package io.tillstream.simulator.surface;

import org.jspecify.annotations.Nullable;

/**
 * Why a request cannot be taken as it is.
 *
 * @param param the first parameter that is wrong, as the caller wrote it
 */
public record Refusal(@Nullable String code, String message, String param) {}
