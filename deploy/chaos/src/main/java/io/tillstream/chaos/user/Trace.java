package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** What happened in one step, for one line of the run's log. */
final class Trace {
    private static final int LONGEST = 300; // of an answer that nobody expected

    private final Step step;
    private final String user;
    private final List<String> facts = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();

    Trace(Step step, String user) {
        this.step = step;
        this.user = user;
    }

    /** A request and its answer, with the id that it told. An answer of 500 is never expected, whatever is broken. */
    synchronized void request(String method, String path, Answer answer) {
        String id = answer.isSuccess() ? answer.id() : "";
        facts.add(method + " " + path + " -> " + answer.brief() + (id.isEmpty() ? "" : " " + id));
        if (answer.status() == 500) {
            String body = answer.body();
            unexpected.add(
                    method + " " + path + " was answered 500: " + body.substring(0, Math.min(LONGEST, body.length())));
        }
    }

    synchronized void fact(String text) {
        facts.add(text);
    }

    /** Something that must not be, seen from outside. */
    synchronized void unexpected(String text) {
        facts.add("UNEXPECTED " + text);
        unexpected.add(text);
    }

    synchronized List<String> unexpected() {
        return unexpected.stream()
                .map(text -> "step " + step.number() + " " + step.operation() + " by " + user + ": " + text)
                .toList();
    }

    synchronized String line() {
        return "step=" + step.number() + " " + step.operation() + " user=" + user + " | " + String.join(" | ", facts);
    }
}
