package io.tillstream.chaos.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/** What came back over HTTP; a status of 0 is a connection that broke, or a time-out. */
public record Answer(int status, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException page) {
            return MissingNode.getInstance();
        }
    }

    /** A field by a path such as {@code /payment/clientSecret}; empty if it is not there. */
    public String text(String pointer) {
        return json().at(pointer).asText("");
    }

    public String id() {
        return text("/id");
    }

    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** For the log of the run: the status, and of a refusal its code. */
    public String brief() {
        String code = text("/code");
        return code.isEmpty() ? Integer.toString(status) : status + " " + code;
    }
}
