package io.tillstream.acceptance;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/** Stage after stage, and within each in an order that is another at each run. */
final class Stages implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        List<? extends ClassDescriptor> classes = context.getClassDescriptors();
        classes.sort(Comparator.comparing(each -> each.getTestClass().getName()));
        Collections.shuffle(classes, Seed.random("classes"));
        classes.sort(Comparator.comparing(Stages::stage));
    }

    private static Stage stage(ClassDescriptor of) {
        return of.findAnnotation(Alone.class)
                .map(Alone::value)
                .or(() -> of.findAnnotation(Runs.class).map(Runs::value))
                .orElse(Stage.USUAL);
    }
}
