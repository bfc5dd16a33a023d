package io.tillstream.web.problem;

import io.tillstream.web.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/** A refusal as it is written: RFC 9457, with our code and the id to ask about. */
final class ProblemJson {

    private ProblemJson() {}

    static Map<String, Object> of(Problem problem, String requestId) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "urn:tillstream:problem:" + problem.code());
        body.put("title", title(problem.code()));
        body.put("status", problem.status());
        body.put("code", problem.code());
        body.put("detail", problem.detail());
        body.put("requestId", requestId);
        if (!problem.errors().isEmpty()) {
            body.put("errors", problem.errors());
        }
        problem.members().forEach(body::putIfAbsent);
        return body;
    }

    private static String title(String code) {
        String words = code.replace('-', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
