# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=<this tree> -DBUILD=<build folder> -DWORK=<scratch folder> -DGENERATOR=... -DCOMPILER=... -P out_of_tree.cmake
set(prefix ${WORK}/prefix)
set(banach ${prefix}/bin/banach)
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/elsewhere)
set(ENV{BANACH_PLUGIN_PATH} "")
set(ENV{XDG_STATE_HOME} ${WORK}/state)  # an account that has used nothing yet
set(ENV{XDG_CACHE_HOME} ${WORK}/cache)

# Runs a command in an empty folder; `output` is what it printed, `code` its exit code.
macro(run expected)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK}/elsewhere
    OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
  if(NOT code EQUAL ${expected})
    string(REPLACE ";" " " words "${ARGN}")
    message(FATAL_ERROR "exit code ${code} instead of ${expected}: ${words}\n${output}${errors}")
  endif()
endmacro()

macro(expect text where)
  string(FIND "${where}" "${text}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "\"${text}\" is not in:\n${where}")
  endif()
endmacro()

run(0 ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(0 ${banach} plugins)
expect("${prefix}/lib/banach/plugins/problem.decay.so" "${output}")
expect("${prefix}/lib/banach/plugins/architecture.mlp.so" "${output}")

# Kinds of projects; those of architectures in tensors take LibTorch's headers.
foreach(variant problem architecture generator tensor grid)
  set(kind ${variant})
  set(flag)
  if(variant MATCHES "tensor|grid")
    set(kind architecture)
    set(flag --${variant})
  endif()
  set(project ${WORK}/my_${variant})
  run(0 ${banach} new ${kind} my_${variant} ${flag} --dir ${project})
  run(73 ${banach} new ${kind} my_${variant} ${flag} --dir ${project})
  expect("exists and is not empty" "${errors}")
  file(READ ${project}/README.md readme)
  expect("cmake -S . -B build -DCMAKE_PREFIX_PATH=${prefix}" "${readme}")
  set(warnings "-Wall -Wextra -Wpedantic -Werror")
  if(flag)
    file(READ ${project}/CMakeLists.txt lists)
    expect("banach_add_plugin(architecture.my_${variant} my_${variant}.cpp TORCH)" "${lists}")
    set(warnings)  # LibTorch's headers do not pass them all
  endif()
  run(0 ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER} -DTorch_DIR=${TORCH}
    "-DCMAKE_CXX_FLAGS=${FLAGS} ${warnings}")
  run(0 ${CMAKE_COMMAND} --build ${project}/build)

  set(plugins ${project}/build/lib/banach/plugins)
  run(0 ${banach} plugins --plugin-dir ${plugins} --json)
  string(JSON first GET "${output}" loaded 0 name)
  string(JSON refused LENGTH "${output}" refused)
  expect("${plugins}/${kind}.my_${variant}.so" "${output}")
  if(NOT refused EQUAL 0)
    message(FATAL_ERROR "plugins were refused:\n${output}")
  endif()
  run(0 ${banach} describe my_${variant} --plugin-dir ${plugins})
  expect("${kind} my_${variant}" "${output}")
  if(variant STREQUAL "generator")
    run(0 ${banach} generate ${project}/my_generator.toml generator.samples=30)
    expect("${project}/my_generator.h5: 30 samples of my_generator, seed 0" "${output}")
    continue()
  endif()
  run(0 ${banach} train ${project}/my_${variant}.toml stage.0.steps=20 --out ${project}/runs)
  run(0 ${banach} train ${project}/my_${variant}.toml --dry-run)
endforeach()

# A generator that needs FFTW, from its file alone.
set(project ${WORK}/fftw)
file(MAKE_DIRECTORY ${project})
file(COPY ${SOURCE}/plugins/generators/random_field.cpp DESTINATION ${project})
file(WRITE ${project}/CMakeLists.txt "cmake_minimum_required(VERSION 3.22)
project(fftw LANGUAGES CXX)
find_package(banach REQUIRED)
banach_add_plugin(generator.random_field random_field.cpp FFTW)
")
run(0 ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
run(0 ${CMAKE_COMMAND} --build ${project}/build)
run(0 ${banach} plugins --plugin-dir ${project}/build/lib/banach/plugins)
expect("${project}/build/lib/banach/plugins/generator.random_field.so" "${output}")

run(64 ${banach} new architecture both --tensor --grid --dir ${WORK}/both)

# The sources of docs/plugins.md, as they stand there.
file(READ ${SOURCE}/docs/plugins.md page)
macro(write_source language name folder)
  string(FIND "${page}" "```\n<!-- end of ${name} -->" end)
  string(SUBSTRING "${page}" 0 ${end} before)
  string(FIND "${before}" "```${language}\n" begin REVERSE)
  string(LENGTH "```${language}\n" fence)
  math(EXPR begin "${begin} + ${fence}")
  string(SUBSTRING "${before}" ${begin} -1 source)
  file(WRITE ${folder}/${name} "${source}")
endmacro()
set(project ${WORK}/documents)
foreach(name wave swing)
  write_source(cpp ${name}.cpp ${project})
  file(WRITE ${project}/${name}.toml "plugins.paths = [\"build/lib/banach/plugins\"]
problem.type = \"${name}\"
architecture = { type = \"mlp\", width = 8, depth = 1 }
stage = [{ steps = 5 }]
")
endforeach()
write_source(c main.c ${project})
file(WRITE ${project}/CMakeLists.txt "cmake_minimum_required(VERSION 3.22)
project(documents LANGUAGES C CXX)
find_package(banach REQUIRED)
banach_add_plugin(problem.wave wave.cpp)
banach_add_plugin(problem.swing swing.cpp)
add_executable(use_model main.c)
target_link_libraries(use_model PRIVATE banach::banach)
")
run(0 ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Wpedantic -Werror"
  "-DCMAKE_C_FLAGS=${FLAGS}")
run(0 ${CMAKE_COMMAND} --build ${project}/build)
foreach(name wave swing)
  run(0 ${banach} train ${project}/${name}.toml --quiet --json --out ${project}/runs/${name})
  expect("relative_l2" "${output}")  # both have something to be compared with
endforeach()
run(0 ${project}/build/use_model ${project}/runs/swing 0.5)
expect("unknown 1 = " "${output}")
run(66 ${project}/build/use_model ${WORK}/nowhere 0.5)
expect("nowhere" "${errors}")

run(0 ${banach} new config decay --dir ${WORK}/configs)
run(73 ${banach} new config decay --dir ${WORK}/configs)
run(78 ${banach} new config dekay --dir ${WORK}/configs)
expect("did you mean \"decay\"?" "${errors}")
run(0 ${banach} train ${WORK}/configs/decay.toml --dry-run)
