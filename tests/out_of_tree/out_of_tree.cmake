# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD=<build folder> -DWORK=<scratch folder> -DGENERATOR=... -DCOMPILER=... -P out_of_tree.cmake
set(prefix ${WORK}/prefix)
set(banach ${prefix}/bin/banach)
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/elsewhere)
set(ENV{BANACH_PLUGIN_PATH} "")

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

foreach(kind problem architecture)
  set(project ${WORK}/my_${kind})
  run(0 ${banach} new ${kind} my_${kind} --dir ${project})
  run(73 ${banach} new ${kind} my_${kind} --dir ${project})
  expect("exists and is not empty" "${errors}")
  file(READ ${project}/README.md readme)
  expect("cmake -S . -B build -DCMAKE_PREFIX_PATH=${prefix}" "${readme}")
  run(0 ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER}
    "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Wpedantic -Werror")
  run(0 ${CMAKE_COMMAND} --build ${project}/build)

  set(plugins ${project}/build/lib/banach/plugins)
  run(0 ${banach} plugins --plugin-dir ${plugins} --json)
  string(JSON first GET "${output}" loaded 0 name)
  string(JSON refused LENGTH "${output}" refused)
  expect("${plugins}/${kind}.my_${kind}.so" "${output}")
  if(NOT refused EQUAL 0)
    message(FATAL_ERROR "plugins were refused:\n${output}")
  endif()
  run(0 ${banach} describe my_${kind} --plugin-dir ${plugins})
  expect("${kind} my_${kind}" "${output}")
  run(0 ${banach} train ${project}/my_${kind}.toml stage.0.steps=20 --out ${project}/runs)
  run(0 ${banach} train ${project}/my_${kind}.toml --dry-run)
endforeach()

run(0 ${banach} new config decay --dir ${WORK}/configs)
run(73 ${banach} new config decay --dir ${WORK}/configs)
run(78 ${banach} new config dekay --dir ${WORK}/configs)
expect("did you mean \"decay\"?" "${errors}")
run(0 ${banach} train ${WORK}/configs/decay.toml --dry-run)
