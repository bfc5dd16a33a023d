package io.tillstream.local.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Who may reach whom, on which port. */
record Arrow(String from, String to, String port) {

    /** By egress rules: as often as there is a rule for it. */
    static List<Arrow> out(List<Node> resources) {
        List<Arrow> arrows = new ArrayList<>();
        for (Node policy : Workload.all("NetworkPolicy", resources)) {
            for (Node rule : rules(policy, "Egress")) {
                for (String port : ports(rule)) {
                    for (String from : pods(policy.at("spec/podSelector"))) {
                        targets(policy, rule).forEach(to -> arrows.add(new Arrow(from, to, port)));
                    }
                }
            }
        }
        return arrows;
    }

    /** By ingress rules, and what Strimzi makes of its listeners' peers. */
    static List<Arrow> in(List<Node> resources) {
        List<Arrow> arrows = new ArrayList<>();
        for (Node policy : Workload.all("NetworkPolicy", resources)) {
            for (Node rule : rules(policy, "Ingress")) {
                for (String port : ports(rule)) {
                    for (String to : pods(policy.at("spec/podSelector"))) {
                        rule.at("from").list().stream()
                                .flatMap(Arrow::peers)
                                .forEach(from -> arrows.add(new Arrow(from, to, port)));
                    }
                }
            }
        }
        for (Node listener : Workload.find("Kafka", "kafka", resources)
                .at("spec/kafka/listeners")
                .list()) {
            listener.at("networkPolicyPeers").list().stream()
                    .flatMap(Arrow::peers)
                    .forEach(from -> arrows.add(
                            new Arrow(from, "kafka", listener.at("port").text())));
        }
        return arrows;
    }

    static List<Arrow> where(List<Arrow> arrows, Predicate<Arrow> is) {
        return arrows.stream().filter(is).toList();
    }

    /** Without its type a policy's rules are nothing; a type without rules forbids all, which only "nobody" is for. */
    private static List<Node> rules(Node policy, String type) {
        List<Node> rules = policy.at("spec/" + type.toLowerCase(Locale.ROOT)).list();
        boolean isMeant = policy.at("spec/policyTypes").texts().contains(type);
        if (rules.isEmpty() == isMeant && !policy.name().equals("nobody")) {
            throw new AssertionError(policy + ": " + type + " and its rules do not go together");
        }
        return rules;
    }

    private static List<String> ports(Node rule) {
        return rule.at("ports").list().stream()
                .map(port -> port.at("port").text())
                .distinct()
                .toList();
    }

    /** Addresses outside have no names: the policy says who is meant. */
    private static Stream<String> targets(Node policy, Node rule) {
        if (!rule.at("to").isThere()) {
            return Stream.of("anywhere");
        }
        return rule.at("to").list().stream()
                .flatMap(peer -> peer.at("ipBlock").isThere() ? Stream.of("outside: " + policy.name()) : peers(peer));
    }

    private static Stream<String> peers(Node peer) {
        Node namespace = peer.at("namespaceSelector/matchLabels");
        return namespace.isThere() ? Stream.of("namespace " + namespace.map()) : pods(peer.at("podSelector")).stream();
    }

    private static List<String> pods(Node selector) {
        Node labels = selector.at("matchLabels");
        for (Node expression : selector.at("matchExpressions").list()) {
            return expression.at("values").texts();
        }
        if (!labels.isThere()) {
            return List.of("everybody");
        }
        return labels.map().entrySet().stream()
                .map(label -> switch (label.getKey()) {
                    case "app.kubernetes.io/name" -> label.getValue();
                    case "cnpg.io/cluster" -> label.getValue();
                    case "strimzi.io/cluster", "strimzi.io/name" -> "kafka";
                    case "app.kubernetes.io/part-of" -> "services";
                    default -> throw new AssertionError("which pods are " + selector);
                })
                .toList();
    }
}
