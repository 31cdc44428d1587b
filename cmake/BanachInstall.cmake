# SPDX-License-Identifier: Apache-2.0
# `cmake --install`: the same layout below the prefix as below the build folder, so that the executable
# finds its plugins by the same relative path; and the package that find_package(banach) reads.
include(CMakePackageConfigHelpers)

get_property(banach_plugins DIRECTORY ${PROJECT_SOURCE_DIR}/plugins PROPERTY BUILDSYSTEM_TARGETS)
add_custom_target(runtime)  # all that a training needs, without the tests
foreach(target banach_app ${banach_plugins})
  if(TARGET ${target})
    add_dependencies(runtime ${target})
  endif()
endforeach()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/banach)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/plugins/problems
  ${PROJECT_BINARY_DIR}/share/banach/examples SYMBOLIC)

install(TARGETS banach EXPORT banachTargets LIBRARY DESTINATION lib)
if(TARGET banach_app)
  set_target_properties(banach_app PROPERTIES EXPORT_NAME app)  # banach::app
  install(TARGETS banach_app EXPORT banachTargets RUNTIME DESTINATION bin)
endif()
if(banach_plugins)
  install(TARGETS ${banach_plugins} LIBRARY DESTINATION lib/banach/plugins)
endif()
install(DIRECTORY core/include/banach DESTINATION include FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(DIRECTORY plugins/problems/ DESTINATION share/banach/examples
  FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY plugins/operators/ DESTINATION share/banach/operators FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY plugins/generators/ DESTINATION share/banach/generators
  FILES_MATCHING PATTERN "*.toml")
install(FILES LICENSE THIRD_PARTY.md DESTINATION share/doc/banach)

configure_package_config_file(cmake/banachConfig.cmake.in ${PROJECT_BINARY_DIR}/cmake/banachConfig.cmake
  INSTALL_DESTINATION lib/cmake/banach)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/banachConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT banachTargets NAMESPACE banach:: DESTINATION lib/cmake/banach)
install(FILES ${PROJECT_BINARY_DIR}/cmake/banachConfig.cmake
  ${PROJECT_BINARY_DIR}/cmake/banachConfigVersion.cmake cmake/BanachPlugin.cmake
  DESTINATION lib/cmake/banach)
