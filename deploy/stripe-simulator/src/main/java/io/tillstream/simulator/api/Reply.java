package io.tillstream.simulator.api;

import java.util.Map;

/** A finished answer: status, body, and the headers beyond the usual. */
record Reply(int status, String body, Map<String, String> headers) {}
