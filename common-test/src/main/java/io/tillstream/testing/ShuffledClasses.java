package io.tillstream.testing;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/** Test classes in another order each time, so that none comes to rest on what another left behind. */
public final class ShuffledClasses implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        List<? extends ClassDescriptor> classes = context.getClassDescriptors();
        classes.sort(Comparator.comparing(one -> one.getTestClass().getName()));
        Collections.shuffle(classes, Seed.random("order of test classes"));
    }
}
